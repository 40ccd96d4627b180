"""The pages of buyer, farm and staff: a claim from its photos to its refund, less that comes, an account."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from marketplace.messaging.models import Message
from marketplace.order.models import Order
from payments.audit.services import find_differences
from payments.claims.models import CancellationRequest, Claim, ClaimWindow
from payments.desk.models import DeskAction
from payments.models import Refund
from payments.parcel_refunds import left_of
from tests.factories import anh_tam, chi_lan
from tests.payments.claims.sold import cash_order, load_money_rules, paid_order, photo, tams
from tests.payments.desk.people import chi_hoa, chi_thu, post, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    load_money_rules()
    ClaimWindow.objects.create(valid_from="2026-01-01", hours=48, answer_hours=24, decide_hours=72)


def entered(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def lan() -> Client:
    return entered(chi_lan())


def tam() -> Client:
    return entered(anh_tam().members.get().user)


def at(name: str, order: Order) -> str:
    number = tams(order).number
    args = [order.number, number] if name.startswith("tracking") else [number]
    return reverse(name, args=args)


def moment(when: datetime) -> str:
    return date_format(localtime(when), "H:i d/m/Y")


class TestAClaim:
    def make(self, order: Order, **said: Any) -> Any:
        form = {"words": "Ba gói bị dập nát hết.", "wanted": "50.000", "photos": [photo(), photo()]}
        return lan().post(at("tracking:claim", order), form | said, follow=True)

    def test_from_photos_to_the_refund(self) -> None:
        order = paid_order(to="delivered")
        assert at("tracking:claim", order) in lan().get(f"/don-hang/{order.number}/").content.decode()
        page = self.make(order).content.decode()
        claim = Claim.objects.get()
        assert (claim.wanted, claim.photos.count()) == (50_000, 2)
        assert page.count("<img src=") >= 2
        seen = tam().get(at("workspace:claim", order)).content.decode()
        assert "Ba gói bị dập nát hết." in seen
        self.answer(order)
        staff = signed_in(chi_thu())
        assert "Đúng vậy." in text(staff, "desk:claim", claim.pk)
        post(staff, "desk:claim_decide", claim.pk, goods="40.000", words="Trả phần dập nát.")
        assert Refund.objects.get().amount == 40_000
        assert DeskAction.objects.get().kind == "claim_granted"
        assert "Trả phần dập nát." in lan().get(at("tracking:claim", order)).content.decode()
        assert find_differences() == []

    @pytest.mark.parametrize(
        "said",
        [
            {"wanted": "130.001"},
            {"wanted": "nhiều"},
            {"words": "hư"},
            {"photos": [io.BytesIO(b"<svg/>")]},
            {"photos": [photo() for _ in range(6)]},
            {"photos": []},
        ],
    )
    def test_what_cannot_be_is_told_beside_its_field(self, said: dict[str, Any]) -> None:
        order = paid_order(to="delivered")
        answer = self.make(order, **said)
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == set(said)
        assert not Claim.objects.exists()

    def test_without_a_photo_it_is_said_what_to_do(self) -> None:
        words = self.make(paid_order(to="delivered"), photos=[]).content.decode()
        assert "ít nhất một ảnh" in words
        assert "gọi cho chợ" in words

    def test_until_when_stands_beside_the_parcel(self) -> None:
        order = paid_order(to="delivered")
        page = f"/don-hang/{order.number}/"
        until = tams(order).events.get(status="delivered").at + timedelta(hours=48)
        words = f"đến {date_format(localtime(until), 'H:i d/m')}"
        assert words in lan().get(page).content.decode()
        with time_machine.travel(until):
            assert words not in lan().get(page).content.decode()

    def test_everybody_sees_by_when_the_farm_answers_and_the_market_decides(self) -> None:
        order = paid_order(to="delivered")
        self.make(order)
        claim = Claim.objects.get()
        pages = (
            lan().get(at("tracking:claim", order)).content.decode(),
            tam().get(at("workspace:claim", order)).content.decode(),
            text(signed_in(chi_thu()), "desk:claim", claim.pk),
        )
        for page in pages:
            assert f"<dt>Nhà vườn trả lời trước</dt><dd>{moment(claim.answer_by)}</dd>" in page
            assert f"<dt>Sàn quyết định trước</dt><dd>{moment(claim.decide_by)}</dd>" in page

    def test_the_desks_list_says_which_are_late(self) -> None:
        self.make(paid_order(to="delivered"))
        by = Claim.objects.get().decide_by
        for now, is_late in ((by - timedelta(minutes=1), False), (by + timedelta(minutes=1), True)):
            with time_machine.travel(now):
                page = text(signed_in(chi_thu()), "desk:claims")
            assert f"quyết định trước {moment(by)}" in page
            assert ("<strong>trễ hạn</strong>" in page) == is_late

    def test_the_desk_waits_for_the_farm(self) -> None:
        order = paid_order(to="delivered")
        self.make(order)
        claim, staff = Claim.objects.get(), signed_in(chi_thu())
        address = reverse("desk:claim_decide", args=[claim.pk])
        assert address not in text(staff, "desk:claim", claim.pk)
        post(staff, "desk:claim_decide", claim.pk, goods=0, words="Ảnh đơn khác")
        assert Claim.objects.get().state == "made"
        self.answer(order)
        assert address in text(staff, "desk:claim", claim.pk)

    def answer(self, order: Order) -> None:
        tam().post(at("workspace:claim", order), {"agree": "1", "words": "Đúng vậy."})

    def test_no_amount_refuses_it(self) -> None:
        order = paid_order(to="delivered")
        self.make(order)
        self.answer(order)
        post(signed_in(chi_thu()), "desk:claim_decide", Claim.objects.get().pk, goods=0, words="Ảnh đơn khác")
        assert Claim.objects.get().state == "refused"

    def test_too_much_is_told_and_nothing_happens(self) -> None:
        order = paid_order(to="delivered")
        self.make(order)
        self.answer(order)
        answer = post(
            signed_in(chi_thu()), "desk:claim_decide", Claim.objects.get().pk, goods=100_001, words="Trả hết"
        )
        assert answer.status_code == 422
        assert Claim.objects.get().is_open

    def test_a_second_person_approves_what_is_above_the_limit(self) -> None:
        order = paid_order(to="delivered", price=200_000)
        self.make(order, wanted="700.000")
        self.answer(order)
        maker, second = signed_in(chi_thu()), signed_in(chi_hoa())
        post(maker, "desk:claim_decide", Claim.objects.get().pk, goods=700_000, words="Hỏng hết")
        refund = Refund.objects.get()
        for reader in (lan().get(at("tracking:claim", order)), tam().get(at("workspace:claim", order))):
            page = reader.content.decode().replace("\xa0", " ")
            assert "chợ đang xem xét" in page
            assert "Hỏng hết" not in page
            assert "Được trả lại" not in page
        assert "Hỏng hết" in text(second, "desk:claim", Claim.objects.get().pk)
        post(maker, "desk:refund_approve", refund.pk)
        refund.refresh_from_db()
        assert refund.state == "proposed"
        post(second, "desk:refund_approve", refund.pk)
        refund.refresh_from_db()
        assert (refund.state, refund.approved_by) == ("created", chi_hoa())
        assert "Hỏng hết" in lan().get(at("tracking:claim", order)).content.decode()
        assert find_differences() == []


class TestAClaimOnThePhone:
    """ "Call us: we write your claim down for you", says the buyer's page."""

    FORM = {"words": "Hai gói bị mốc, chị Lan gọi.", "wanted": "50.000"}

    def write(self, order: Order, **said: Any) -> Any:
        return post(signed_in(chi_thu()), "desk:claim_write", tams(order).number, **self.FORM | said)

    def test_is_written_down_by_staff_and_is_a_claim_like_any(self) -> None:
        order = paid_order(to="delivered")
        made = self.write(order)
        claim = Claim.objects.get()
        assert made["Location"] == reverse("desk:claim", args=[claim.pk])
        assert (claim.words, claim.wanted, claim.photos.count()) == (self.FORM["words"], 50_000, 0)
        assert Message.objects.filter(kind="seller_claim_made").exists()
        assert self.FORM["words"] in lan().get(at("tracking:claim", order)).content.decode()
        told = DeskAction.objects.get()
        assert (told.kind, told.actor, told.amount, told.order) == (
            "claim_written",
            chi_thu(),
            50_000,
            order,
        )

    def test_keeps_the_photos_that_the_buyer_sent(self) -> None:
        self.write(paid_order(to="delivered"), photos=[photo(), photo()])
        assert Claim.objects.get().photos.count() == 2

    def test_is_a_way_from_the_payment_of_a_delivered_parcel_only(self) -> None:
        for to, is_shown in (("delivered", True), ("packing", False)):
            order = paid_order(to=to)
            page = text(signed_in(chi_thu()), "desk:payment", order.payments.get().reference)
            assert (reverse("desk:claim_write", args=[tams(order).number]) in page) == is_shown
            assert reverse("desk:parcel_refund", args=[tams(order).number]) in page

    @pytest.mark.parametrize(
        "said", [{"wanted": "130.001"}, {"wanted": "0"}, {"words": "hư"}, {"photos": [io.BytesIO(b"<svg/>")]}]
    )
    def test_says_what_cannot_be(self, said: dict[str, Any]) -> None:
        answer = self.write(paid_order(to="delivered"), **said)
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == set(said)
        assert not Claim.objects.exists() and not DeskAction.objects.exists()

    def test_comes_once_and_in_the_buyers_time(self) -> None:
        order = paid_order(to="delivered")
        for _ in range(2):
            assert self.write(order).status_code == 302
        assert Claim.objects.count() == DeskAction.objects.count() == 1
        late = paid_order(to="delivered")
        with time_machine.travel(tams(late).events.get(status="delivered").at + timedelta(hours=48)):
            assert self.write(late)["Location"] == reverse("desk:parcel_refund", args=[tams(late).number])
        assert not tams(late).claims.exists()

    def test_asks_for_a_fresh_code_before_the_form(self) -> None:
        number = tams(paid_order(to="delivered")).number
        desk = signed_in(chi_thu())
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
            assert "/hai-lop/xac-nhan/" in desk.get(reverse("desk:claim_write", args=[number]))["Location"]


class TestLessComes:
    def test_the_farm_says_so_and_buyer_and_slip_know(self) -> None:
        order = cash_order(to="packing")
        form = {"line": tams(order).lines.get().pk, "packs": 1, "reason": "Mưa làm hỏng."}
        tam().post(at("workspace:reduce", order), form)
        page = lan().get(f"/don-hang/{order.number}/").content.decode().replace("\xa0", " ")
        assert "105.000" in page
        assert "Mưa làm hỏng." in page
        seen = tam().get(at("workspace:order", order)).content.decode().replace("\xa0", " ")
        assert "105.000" in seen

    def test_all_of_it_is_a_cancellation(self) -> None:
        order = cash_order(to="packing")
        form = {"line": tams(order).lines.get().pk, "packs": 4, "reason": "Mưa làm hỏng."}
        assert tam().post(at("workspace:reduce", order), form).status_code == 422


def test_the_farm_answers_a_request_to_cancel() -> None:
    order = paid_order(to="packing")
    lan().post(at("tracking:cancel", order), {"note": "Mua nhầm"})
    assert "Mua nhầm" in tam().get(at("workspace:order", order)).content.decode()
    tam().post(at("workspace:answer_cancellation", order), {"agree": "1"})
    assert (CancellationRequest.objects.get().state, tams(order).status) == ("agreed", "cancelled")


def test_staff_give_back_all_that_is_left_at_one_tick() -> None:
    order = paid_order()
    for said in ({"goods": 10_000}, {"everything": "on", "goods": 3}):
        form = {**said, "reason": "Hàng không tới", "token": str(uuid4())}
        for _ in range(2):  # a double tap is no second refund, and no complaint
            sent = post(signed_in(chi_thu()), "desk:parcel_refund", tams(order).number, **form)
            assert sent.status_code == 302
    assert Refund.objects.count() == 2
    assert sum(refund.amount for refund in Refund.objects.all()) == tams(order).total
    assert left_of(tams(order)).total == 0


def test_a_refund_sent_again_with_another_sum_stays_as_it_was_and_says_so() -> None:
    order = paid_order()
    form = {"reason": "Thiếu hàng", "token": str(uuid4())}
    for goods in (10_000, 20_000):
        sent = post(signed_in(chi_thu()), "desk:parcel_refund", tams(order).number, **form, goods=goods)
    said = str(next(iter(get_messages(sent.wsgi_request)))).replace("\xa0", " ")
    assert "không làm gì thêm" in said and "10.000 ₫" in said
    told = DeskAction.objects.filter(kind=DeskAction.Kind.REFUND_DECIDED)
    assert (Refund.objects.get().amount, told.get().amount) == (10_000, 10_000)


class TestTheAccount:
    ACCOUNT = {"bank_bin": "970415", "number": "0123 456 789", "holder": "Nguyễn Thị Lan"}

    def give_back(self, order: Order) -> None:
        form = {"goods": 10_000, "reason": "Thiếu hàng", "token": "0" * 32}
        for _ in range(2):
            post(signed_in(chi_thu()), "desk:parcel_refund", tams(order).number, **form)

    def test_is_typed_twice_told_and_masked_ever_after(self) -> None:
        order = paid_order()
        self.give_back(order)
        assert Refund.objects.count() == 1
        url = reverse("tracking:refund_account", args=[order.number])
        assert url in lan().get(f"/don-hang/{order.number}/").content.decode()
        assert lan().post(url, self.ACCOUNT | {"holder_again": "Trần Văn Ba"}).status_code == 422
        page = (
            lan().post(url, self.ACCOUNT | {"holder_again": "nguyen thi lan"}, follow=True).content.decode()
        )
        assert "0123456789" not in page
        assert "••••6789" in page
        assert "0123456789" in text(signed_in(chi_thu()), "desk:refunds")
        assert Message.objects.get(kind="refund_account_named").context["digits"] == "6789"
        lan().post(url, self.ACCOUNT | {"number": "999999999", "holder_again": "Nguyễn Thị Lan"})
        assert Refund.objects.get().account == "0123456789"

    def test_says_whom_to_call_about_another_account(self, settings: Any) -> None:
        settings.MARKET_PHONE = "0271 222 3333"
        order = paid_order()
        self.give_back(order)
        page = lan().get(reverse("tracking:refund_account", args=[order.number])).content.decode()
        assert "bạn gọi cho chợ: 0271\xa0222\xa03333." in page
