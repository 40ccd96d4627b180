"""A parcel that was paid before cannot be delivered: the farm, or one of the staff, notes that it came back."""

import pytest
from django.urls import reverse
from django.utils import timezone

from farmers.partner.models import StockRecord
from marketplace.messaging.models import Message
from marketplace.order.models import Order, SellerOrder
from marketplace.order.services import move
from marketplace.outbox.delivery import deliver_due
from payments.audit.services import find_differences
from payments.desk.models import DeskAction
from payments.ledger.accounts import balance, of_market, owed_to
from payments.ledger.models import Account
from payments.models import Refund, RefundPolicy
from payments.payouts.payable import payable
from payments.reconciliation.models import Item
from tests.factories import anh_tam
from tests.payments.claims.sold import cash_order, load_money_rules, paid_order, tams
from tests.payments.desk.people import chi_hoa, chi_thu, farm, post, signed_in, text
from tests.payments.reconciliation.files import applied, outcomes, xlsx

pytestmark = pytest.mark.django_db
Kind = Account.Kind
WHY = "Gọi không ai nghe máy"


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    load_money_rules()


def work() -> None:
    while deliver_due():
        pass


def noted_by_farm(parcel: SellerOrder, why: str = WHY) -> str:
    """By the link on the parcel's page, through the page that asks once more."""
    client, page = farm(), reverse("workspace:came_back", args=[parcel.number])
    assert page in text(client, "workspace:order", parcel.number)
    assert "Ghi rồi thì không sửa lại được" in client.get(page).content.decode()
    answer = client.post(page, {"note": why}, follow=True)
    work()
    parcel.refresh_from_db()
    return str(answer.content.decode())


def noted_at_desk(parcel: SellerOrder, why: str = WHY) -> str:
    client = signed_in(chi_thu())
    answer = client.post(reverse("desk:parcel_return", args=[parcel.number]), {"reason": why}, follow=True)
    work()
    parcel.refresh_from_db()
    return str(answer.content.decode())


@pytest.mark.parametrize("noted", [noted_by_farm, noted_at_desk])
def test_all_that_was_paid_for_it_goes_back_and_nothing_of_it_stays_anywhere(noted: object) -> None:
    parcel = tams(paid_order(to="handed_over"))
    work()
    assert balance(of_market(Kind.COMMISSION_INCOME)) < 0
    noted(parcel)  # type: ignore[operator]
    assert (parcel.status, parcel.cancel_reason, parcel.order.status) == ("cancelled", WHY, "confirmed")
    refund = Refund.objects.get()
    assert (refund.amount, refund.goods_amount, refund.state) == (parcel.total, parcel.goods_total, "created")
    assert owed_to(parcel.partner) == 0
    assert payable(parcel.partner, now=timezone.now()).amount == 0
    record = StockRecord.objects.get(product=parcel.lines.get().product)
    assert (record.num_in_stock, record.num_allocated) == (0, 0)  # to be counted in by the farm
    told = Message.objects.get(kind="parcel_came_back")
    assert (told.phone, told.context["reason"]) == (parcel.order.phone, WHY)
    assert find_differences() == []


def test_the_order_ends_once_its_last_parcel_did() -> None:
    order = paid_order(to="handed_over")
    noted_by_farm(tams(order))
    other = order.seller_orders.exclude(partner=anh_tam()).get()
    move(other, SellerOrder.Status.DELIVERED)
    work()
    assert Order.objects.get(pk=order.pk).status == "completed"
    assert find_differences() == []


def test_the_farm_that_brought_it_itself_has_no_shipping_of_it() -> None:
    parcel = tams(paid_order())
    move(parcel, "packing")
    move(parcel, "handed_over", carrier="Nhà vườn tự giao")
    work()
    assert parcel.entries.filter(kind="shipping_due").exists()
    noted_by_farm(parcel)
    assert (owed_to(parcel.partner), Refund.objects.get().amount) == (0, parcel.total)
    assert find_differences() == []


def test_twice_is_once_and_what_has_arrived_does_not_come_back() -> None:
    order = paid_order(to="handed_over")
    parcel = tams(order)
    noted_by_farm(parcel)
    page = farm().post(reverse("workspace:came_back", args=[parcel.number]), {"note": WHY}, follow=True)
    assert "Chưa thay đổi gì" in page.content.decode()
    assert "không còn đang giao" in noted_at_desk(parcel)
    other = order.seller_orders.exclude(partner=anh_tam()).get()
    move(other, SellerOrder.Status.DELIVERED)
    assert "không còn đang giao" in noted_at_desk(other)
    assert (Refund.objects.count(), DeskAction.objects.count()) == (1, 0)


def test_a_reason_is_needed_by_both() -> None:
    parcel = tams(paid_order(to="handed_over"))
    noted_by_farm(parcel, "x")
    noted_at_desk(parcel, "x")
    assert parcel.status == "handed_over"


def test_the_farm_hears_of_what_staff_noted_and_it_is_in_the_diary() -> None:
    parcel = tams(paid_order(to="handed_over"))
    assert reverse("desk:parcel_return", args=[parcel.number]) in text(
        signed_in(chi_thu()), "desk:parcel_refund", parcel.number
    )
    noted_at_desk(parcel)
    assert Message.objects.get(kind="seller_parcel_came_back").phone == parcel.partner.phone
    action = DeskAction.objects.get()
    assert (action.kind, action.subject, action.amount) == ("parcel_came_back", parcel.number, parcel.total)


def test_staff_note_too_that_cash_was_not_taken() -> None:
    parcel = tams(cash_order(to="handed_over"))
    noted_at_desk(parcel)
    assert (parcel.status, Refund.objects.count()) == ("cancelled", 0)
    assert Message.objects.filter(kind="parcel_refused").count() == 1
    assert find_differences() == []


class TestAboveTheLimitOfOnePerson:
    """anh Tâm's parcel is 130.000 đồng, the cooperative's 230.000."""

    @pytest.fixture(autouse=True)
    def limit(self, rules: None) -> None:
        RefundPolicy.objects.update(limit=300_000)

    def test_parcels_of_an_order_count_together(self) -> None:
        order = paid_order(to="handed_over")
        first, second = order.seller_orders.order_by("pk")
        assert "Đã ghi" in noted_at_desk(first)
        assert "cần hai người" in noted_at_desk(second)
        assert (second.status, Refund.objects.count()) == ("handed_over", 1)

    def test_what_nobody_has_approved_does_not_open_the_way(self) -> None:
        parcel = tams(paid_order(to="handed_over", packs=12))
        said = {"goods": parcel.goods_total, "shipping": parcel.shipping_total, "reason": WHY}
        said["token"] = "0b8f7a3e-8c5b-4a52-9b3f-6a4f5c1d2e3f"
        post(signed_in(chi_thu()), "desk:parcel_refund", parcel.number, **said)
        refund = Refund.objects.get()
        assert refund.state == "proposed"
        assert "cần hai người" in noted_at_desk(parcel)
        post(signed_in(chi_hoa()), "desk:refund_approve", refund.pk)
        assert "Đã ghi" in noted_at_desk(parcel)
        assert (parcel.status, Refund.objects.get().amount) == ("cancelled", parcel.total)
        assert find_differences() == []

    def test_the_farm_may_always_say_so(self) -> None:
        parcel = tams(paid_order(to="handed_over", packs=12))
        noted_by_farm(parcel)
        assert parcel.status == "cancelled"


def test_a_carriers_list_leaves_it_to_a_person_and_agrees_with_him() -> None:
    order = paid_order(to="handed_over")
    head = ["Mã vận đơn", "Tiền thu hộ", "Phí", "Ngày trả tiền", "Trạng thái"]
    today = f"{timezone.localdate():%d/%m/%Y}"

    def listed(parcel: SellerOrder) -> list[str]:
        rows = xlsx(head, [parcel.number, 0, 0, today, "Chuyển hoàn"])
        return outcomes(applied(rows, kind="carrier", carrier="Viettel Post", name=f"{parcel}.xlsx"))

    first, second = order.seller_orders.order_by("pk")
    assert listed(first) == ["differs"]
    assert Item.objects.get().finding == "status_differs"
    noted_at_desk(second)
    assert listed(second) == ["matched"]
