"""The desk's first page, search, one payment's line of time, corrections, parked work, switches."""

import html
import re
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalogue.money import dong
from marketplace.messaging.delivery import render
from marketplace.messaging.models import Message
from marketplace.order.numbers import spaced
from marketplace.order.services import move
from marketplace.outbox.delivery import deliver_due
from marketplace.outbox.models import Job
from payments.attaching import attach_transfer
from payments.audit.services import audit
from payments.claims.models import ClaimWindow
from payments.claims.services import make_claim
from payments.desk.masking import masked
from payments.desk.models import Correction, DeskAction
from payments.desk.search import find
from payments.desk.timeline import timeline
from payments.ledger.accounts import balance, of_market, owed_to
from payments.ledger.models import Account, Entry, Line
from payments.models import RailSwitch, Refund
from payments.payouts.models import Payout
from payments.refunds import owe_back, tell_money_desk
from payments.ways import offer
from tests.factories import anh_tam, chi_lan
from tests.payments.claims.sold import paid_order
from tests.payments.desk.people import chi_hoa, chi_thu, post, signed_in, text, transfer_of
from tests.payments.orders import TOTAL, make_payment
from tests.payments.payouts.farms import arrived, hold, make_seller, sent

pytestmark = pytest.mark.django_db
Kind = Account.Kind


class TestSearch:
    def test_finds_a_payment_by_all_that_people_have_in_hand(self) -> None:
        payment = make_payment()
        number, parcel = payment.order.number, payment.order.seller_orders.get().number
        for typed in (
            number,
            parcel,
            parcel.lower(),
            payment.reference,
            payment.reference.lower(),
            f"MBVCB.3278907.{payment.reference} tra tien hang.CT tu 0909",
            "0912 000 001",
        ):
            assert find(typed).payments == [payment], typed
        for typed in ("150.000", "150000", "150 000 đ"):
            assert payment in find(typed).payments, typed

    def test_finds_a_transfer_by_words_of_its_memo_its_amount_and_the_banks_number(self) -> None:
        transfer = transfer_of("Mua tieu Loc Ninh", 77_000, referenceCode="FT26X1")
        for typed in ("tieu loc ninh", "77.000", "FT26X1"):
            assert find(typed).transfers == [transfer], typed

    def test_finds_a_payment_by_the_number_that_its_rail_gave(self) -> None:
        payment = make_payment(provider="vnpay", provider_reference="14226112")
        assert find("14226112").payments == [payment]

    def test_finds_a_refund_by_the_numbers_of_its_rail_and_of_the_bank_its_order_and_its_amount(self) -> None:
        refund = owe_back(payment=make_payment(), amount=77_000, reason="dư", key="x")
        Refund.objects.filter(pk=refund.pk).update(provider_reference="RF-9", bank_reference="FT26R1")
        order = refund.payment.order
        for typed in ("RF-9", "FT26R1", order.number, refund.payment.reference, "77.000"):
            assert find(typed).refunds == [refund], typed
        for typed in ("RF-8", "FT26", "77.001"):
            assert find(typed).refunds == [], typed

    def test_finds_a_payout_as_the_banks_statement_shows_it(self) -> None:
        hold()
        for price in (80_000, 90_000):
            arrived(make_seller(), price)
        first, other = sent().payouts.order_by("pk")
        Payout.objects.filter(pk=first.pk).update(bank_reference="FT26P1")
        for typed in (first.reference, first.reference.lower(), f" {first.reference} ", "FT26P1"):
            assert find(typed).payouts == [first], typed
        assert find(str(first.amount)).payouts == [first]
        assert not find("CT99999N9")
        client = signed_in(chi_thu())
        page = client.get("/ban-tien/tim/", {"q": first.reference}).content.decode()
        address = f"{reverse('desk:payout_batch', args=[first.batch_id])}?khoan={first.reference}"
        assert address in page
        batch = client.get(address).content.decode()
        assert first.reference in batch and other.reference not in batch

    def test_finds_nothing_in_nonsense_however_long(self) -> None:
        make_payment()
        for typed in ("", "   ", "%", "9" * 90, "zzzzzzzz" * 40, "\x00", "a\x00b"):
            assert not find(typed), typed

    def test_goes_straight_to_the_one_payment(self) -> None:
        payment = make_payment()
        answer = signed_in(chi_thu()).get("/ban-tien/tim/", {"q": payment.reference})
        assert answer["Location"] == f"/ban-tien/thanh-toan/{payment.reference}/"


class TestTheTimeline:
    def test_tells_attempt_notification_transfer_books_and_messages(self) -> None:
        payment = make_payment()
        transfer_of(payment.reference, TOTAL + 3_000)
        move(payment.order.seller_orders.get(), "cancelled", note="Mưa làm hỏng")
        page = text(signed_in(chi_thu()), "desk:payment", payment.reference)
        told = ("Đã nhận được tiền của đơn", "không giao được kiện")
        for words in (payment.reference, "sepay", *told, "3.000", str(Entry.Kind.ORDER_PAID.label)):
            assert words in page, words

    def test_says_who_each_message_was_for(self) -> None:
        order = paid_order(to="delivered")
        ClaimWindow.objects.create(valid_from="2026-01-01", hours=48, answer_hours=24, decide_hours=72)
        parcel = order.seller_orders.get(partner=anh_tam())
        make_claim(parcel, words="dập nát", wanted=9_000, photos=[], now=timezone.now())
        payment = order.payments.get()
        tell_money_desk(payment, amount=1, about="x", why="y")
        told = {moment.title: moment.kind for moment in timeline(order) if "Tin gửi" in moment.kind}
        subjects = {message.kind: render(message)[0] for message in Message.objects.all()}
        assert told[subjects["seller_claim_made"]] == "Tin gửi nhà vườn"
        assert told[subjects["order_paid"]] == "Tin gửi người mua"
        for kind in ("claim_to_decide", "money_to_give_back"):
            assert told[subjects[kind]] == "Tin gửi bàn tiền"

    def test_tells_what_the_desk_heard_of_a_refund_and_of_a_transfer_given_to_the_order(self) -> None:
        payment = make_payment()
        given = transfer_of("tra tien hat dieu")
        attach_transfer(given, payment.order)
        tell_money_desk(owe_back(payment=payment, amount=1, reason="x", key="y"), amount=1, about="", why="")
        transfer_of("cua nguoi khac")
        heard = [moment.title for moment in timeline(payment.order)]
        desk = Message.objects.filter(kind="money_to_give_back")
        subjects = Counter(render(one)[0] for one in desk)
        assert sum(title in subjects for title in heard) == 2 < len(desk)

    def test_tells_the_words_of_a_transfer_that_a_person_gave_to_the_order(self) -> None:
        payment = make_payment()
        given = transfer_of("tra tien hat dieu", referenceCode="FT26X9")
        attach_transfer(given, payment.order)
        page = html.unescape(text(signed_in(chi_thu()), "desk:payment", payment.reference))
        assert f"{masked(given.content)} · FT26X9" in page
        assert '<pre class="raw">' in page

    def test_shows_the_accounts_and_sums_that_the_books_moved(self) -> None:
        payment = make_payment()
        transfer_of(payment.reference, TOTAL + 3_000)
        page = html.unescape(text(signed_in(chi_thu()), "desk:payment", payment.reference))
        shown = re.findall(r'<li class="between"><span>(.*?)</span><span class="nowrap">(.*?)</span>', page)
        lines = Line.objects.filter(entry__order=payment.order).select_related("account__partner")
        booked = [(str(line.account), dong(line.amount).replace("\xa0", " ")) for line in lines]
        assert len(booked) >= 4 and Counter(shown) == Counter(booked)

    def test_shows_what_a_notifier_sent_in_its_own_words_and_no_secret_of_it(self) -> None:
        payment = make_payment()
        told = transfer_of(payment.reference).notification
        page = html.unescape(text(signed_in(chi_thu()), "desk:payment", payment.reference))
        [raw] = re.findall(r'<pre class="raw">(.*?)</pre>', page, re.DOTALL)
        signature = told.headers["X-SePay-Signature"]
        assert "X-SePay-Signature: •••" in raw and signature not in page
        assert '"gateway": "Vietcombank"' in raw and f'"transferAmount": {TOTAL}' in raw
        assert settings.BANK_ACCOUNT not in page and f"••••{settings.BANK_ACCOUNT[-4:]}" in raw

    def test_masks_accounts_and_phones_in_raw_words(self) -> None:
        payment = make_payment()
        transfer_of(payment.reference)
        page = text(signed_in(chi_thu()), "desk:payment", payment.reference)
        assert "0909006868" not in page
        assert "••••6868" in page

    def test_masking_takes_signatures_whole_and_leaves_amounts(self) -> None:
        said = '{"amount": 150000, "signature": "abc\\"def", "account": "0123456789"}'
        assert masked(said) == '{"amount": 150000, "signature": •••, "account": "••••6789"}'
        assert (
            masked("vnp_Amount=15000000&vnp_SecureHash=deadbeef") == "vnp_Amount=15000000&vnp_SecureHash=•••"
        )
        assert masked("a.b@c.vn") == "•••@c.vn"


class TestCorrections:
    def propose(self, person: Any, **changes: Any) -> Any:
        bank, fees = of_market(Kind.BANK), of_market(Kind.PROVIDER_FEES)
        said = {"debit": fees.pk, "credit": bank.pk, "amount": 11_000, "memo": "phí tháng 11"}
        return post(signed_in(person), "desk:correction_propose", **{**said, "token": uuid4(), **changes})

    def test_are_booked_when_a_second_person_approves_and_once(self) -> None:
        self.propose(chi_thu())
        proposal = Correction.objects.get()
        for _ in range(2):
            post(signed_in(chi_thu()), "desk:correction_approve", proposal.pk)
        assert not Entry.objects.filter(kind=Entry.Kind.CORRECTION).exists()
        for _ in range(2):
            post(signed_in(chi_hoa()), "desk:correction_approve", proposal.pk)
        entry = Entry.objects.get(kind=Entry.Kind.CORRECTION)
        assert (entry.actor, entry.approved_by) == (chi_thu(), chi_hoa())
        assert balance(of_market(Kind.PROVIDER_FEES)) == 11_000
        told = DeskAction.objects.order_by("pk").values_list("kind", flat=True)
        assert list(told) == ["correction_proposed", "correction_approved"]

    def test_sent_twice_are_one_and_the_first_stands(self) -> None:
        client = signed_in(chi_thu())
        [token] = re.findall(r'name="token" value="([0-9a-f-]{36})"', text(client, "desk:corrections"))
        self.propose(chi_thu(), token=token)
        again = self.propose(chi_thu(), token=token, amount=22_000)
        said = str(next(iter(get_messages(again.wsgi_request)))).replace("\xa0", " ")
        assert "không làm gì thêm" in said and "11.000 ₫" in said
        assert (Correction.objects.get().amount, DeskAction.objects.count()) == (11_000, 1)

    def test_are_not_taken_without_the_forms_token(self) -> None:
        assert "token" in self.propose(chi_thu(), token="").context["form"].errors

    @pytest.mark.parametrize("typed", ["150.000", "150000", "150 000 đ", "150k"])
    def test_take_amounts_as_people_write_them(self, typed: str) -> None:
        self.propose(chi_thu(), amount=typed)
        assert Correction.objects.get().amount == 150_000

    def test_dropped_ones_are_never_booked(self) -> None:
        self.propose(chi_thu())
        proposal = Correction.objects.get()
        post(signed_in(chi_thu()), "desk:correction_reject", proposal.pk)
        post(signed_in(chi_hoa()), "desk:correction_approve", proposal.pk)
        assert not Entry.objects.exists()

    def test_of_a_sellers_account_go_by_the_stalls_code_and_note_a_debt(self) -> None:
        self.propose(chi_thu(), debit="seller", seller=anh_tam().code)
        post(signed_in(chi_hoa()), "desk:correction_approve", Correction.objects.get().pk)
        assert owed_to(anh_tam()) == -11_000
        assert Account.objects.get(partner=anh_tam()).debt_since is not None

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"amount": 0}, "amount"),
            ({"amount": "1,5"}, "amount"),
            ({"amount": "150,5"}, "amount"),
            ({"amount": "-150.000"}, "amount"),
            ({"amount": "99.999.999.999.999"}, "amount"),
            ({"debit": "seller", "seller": "khong-co"}, "seller"),
            ({"memo": ""}, "memo"),
        ],
    )
    def test_say_what_is_wrong(self, changes: dict[str, Any], field: str) -> None:
        answer = self.propose(chi_thu(), **changes)
        assert answer.status_code == 422
        assert field in answer.context["form"].errors

    @pytest.mark.parametrize("of", ["number", "spaced", "reference", "reference in small letters"])
    def test_may_say_what_order_they_are_about_and_join_its_story(self, of: str) -> None:
        payment = make_payment()
        transfer_of(payment.reference)
        number, reference = payment.order.number, payment.reference
        typed = {"number": number, "spaced": spaced(number), "reference": reference}.get(
            of, reference.lower()
        )
        self.propose(chi_thu(), about=typed)
        proposal = Correction.objects.get()
        post(signed_in(chi_hoa()), "desk:correction_approve", proposal.pk)
        told = [(m.kind, m.text, m.amount) for m in timeline(payment.order) if m.text == "phí tháng 11"]
        assert [amount for _kind, _text, amount in told] == [11_000, None, 11_000]
        assert DeskAction.objects.filter(order=payment.order).count() == 2
        assert audit().is_clean, "an order's own entries say what its payments say"

    def test_about_an_order_that_nobody_knows_say_so_and_keep_what_was_typed(self) -> None:
        answer = self.propose(chi_thu(), about="BPKHONGCO", memo="phí của đơn lạ")
        assert answer.status_code == 422 and "about" in answer.context["form"].errors
        page = html.unescape(answer.content.decode())
        assert "BPKHONGCO" in page and "phí của đơn lạ" in page and "11000" in page.replace(".", "")
        assert not Correction.objects.exists()

    def test_never_go_to_rounding(self) -> None:
        rounding = of_market(Kind.ROUNDING)
        assert f'value="{rounding.pk}"' not in text(signed_in(chi_thu()), "desk:corrections")
        assert "debit" in self.propose(chi_thu(), debit=rounding.pk).context["form"].errors

    def test_need_two_accounts(self) -> None:
        bank = of_market(Kind.BANK).pk
        assert self.propose(chi_thu(), debit=bank, credit=bank).status_code == 422


class TestParkedWork:
    def test_is_started_again_once_and_written_down(self) -> None:
        job = Job.objects.create(
            kind="nobody", key="k1", state=Job.State.PARKED, attempts=8, last_error="Boom: why"
        )
        client = signed_in(chi_thu())
        assert "Boom: why" in text(client, "desk:jobs")
        post(client, "desk:job_retry", job.pk)
        post(client, "desk:job_retry", job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempts) == (Job.State.NEW, 0)
        assert job.next_try_at <= timezone.now()
        assert DeskAction.objects.get().note == "Boom: why"
        deliver_due()
        job.refresh_from_db()
        assert job.state == Job.State.PARKED


class TestTheKillSwitch:
    def test_takes_a_rail_from_buyers_at_once_and_gives_it_back(
        self, django_capture_on_commit_callbacks: Any
    ) -> None:
        client = signed_in(chi_thu())
        assert "vietqr" in offer(TOTAL).codes
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            post(client, "desk:rail_switch", "vietqr", reason="ngân hàng bảo trì", off="on")
        assert "vietqr" not in offer(TOTAL).codes
        assert RailSwitch.objects.get().changed_by == chi_thu()
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            post(client, "desk:rail_switch", "vietqr", reason="xong")
        assert "vietqr" in offer(TOTAL).codes
        assert [one.kind for one in DeskAction.objects.all()] == ["rail_on", "rail_off"]

    def test_wants_a_reason_and_a_rail_that_exists(self) -> None:
        client = signed_in(chi_thu())
        post(client, "desk:rail_switch", "vietqr", reason="", off="on")
        assert post(client, "desk:rail_switch", "khong-co", reason="x", off="on").status_code == 404
        assert not RailSwitch.objects.exists()


class TestTheFirstPage:
    def test_counts_what_waits(self) -> None:
        transfer_of("khong co ma")
        transfer_of(make_payment().reference, TOTAL + 1)
        answer = signed_in(chi_thu()).get("/ban-tien/")
        queues = answer.context["queues"]
        assert (queues.transfers, queues.refunds, queues.items, queues.jobs) == (1, 1, 0, 0)

    def test_shows_what_the_audit_found(self) -> None:
        payment = make_payment()
        audit()
        client = signed_in(chi_thu())
        assert payment.reference not in text(client, "desk:home")
        type(payment).objects.filter(pk=payment.pk).update(received=1)
        audit()
        assert payment.reference in text(client, "desk:home")

    def test_is_for_staff_only(self, client: Client) -> None:
        client.force_login(chi_lan())
        assert client.get("/ban-tien/").status_code == 403


def test_the_diary_is_a_spreadsheet_without_formulas() -> None:
    client = signed_in(chi_thu())
    post(client, "desk:rail_switch", "vietqr", reason="=1+1", off="on")
    answer = client.get("/ban-tien/nhat-ky/tep/")
    assert answer.content.startswith(b"PK")
    from io import BytesIO

    from openpyxl import load_workbook

    cells = [cell for row in load_workbook(BytesIO(answer.content)).active for cell in row]
    assert "=1+1" in [cell.value for cell in cells]
    assert all(cell.data_type != "f" for cell in cells)
