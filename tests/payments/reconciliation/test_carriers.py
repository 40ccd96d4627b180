"""Cash on delivery: due, collected, remitted by the carrier's list, reconciled by the bank's statement."""

import pytest
from django.utils import timezone

from marketplace.messaging.delivery import render
from marketplace.messaging.models import Message
from marketplace.order.models import SellerOrder
from marketplace.order.services import move, refuse_at_door
from payments.audit.services import find_differences
from payments.cash import count_cash
from payments.ledger.accounts import balance, cash_in_transit, of_market
from payments.ledger.models import Account
from payments.models import Payment
from payments.reconciliation.carriers import held_by_carriers, owed_by_carriers
from payments.reconciliation.cash_states import CashState, cash_state
from payments.reconciliation.models import Item, Statement
from payments.ways import switch_provider
from tests.payments.desk.people import chi_thu, post, signed_in, text, transfer_of
from tests.payments.orders import TOTAL, make_order, make_payment, reread
from tests.payments.reconciliation.files import applied, bank_csv, outcomes, xlsx

pytestmark = pytest.mark.django_db
CARRIER = "Viettel Post"
HEAD = ["Mã vận đơn", "Tiền thu hộ", "Phí", "Ngày trả tiền"]
TODAY = f"{timezone.localdate():%d/%m/%Y}"


def handed_over() -> SellerOrder:
    order = make_order(provider="cash_on_delivery")
    make_payment(order, provider="cash_on_delivery")
    parcel = order.seller_orders.get()
    move(parcel, SellerOrder.Status.PACKING)
    move(parcel, SellerOrder.Status.HANDED_OVER, carrier=CARRIER, tracking_number=f"VTP{parcel.pk}")
    parcel.refresh_from_db()
    return parcel


def collected() -> SellerOrder:
    parcel = handed_over()
    move(parcel, SellerOrder.Status.DELIVERED)
    count_cash({"seller_order": parcel.pk})
    parcel.refresh_from_db()
    return parcel


def listed(*rows: list[object]) -> list[str]:
    return outcomes(applied(xlsx(HEAD, *rows), kind="carrier", carrier=CARRIER, name="vtp.xlsx"))


def test_the_cash_of_a_parcel_goes_its_way_to_the_bank() -> None:
    parcel = handed_over()
    assert cash_state(parcel) is CashState.DUE
    parcel = collected()
    assert cash_state(parcel) is CashState.COLLECTED
    assert list(held_by_carriers()) == [parcel]
    assert listed([parcel.tracking_number, TOTAL, 9_000, TODAY]) == ["matched"]
    assert cash_state(parcel) is CashState.REMITTED
    assert balance(cash_in_transit(CARRIER)) == 0
    assert balance(of_market(Account.Kind.BANK)) == TOTAL - 9_000
    applied(bank_csv(f"{TODAY};FT5;;{TOTAL - 9_000};VIETTELPOST tra COD"))
    assert cash_state(parcel) is CashState.RECONCILED
    assert balance(of_market(Account.Kind.BANK)) == TOTAL - 9_000  # booked by the list, not again by the bank
    assert not Item.objects.exists()
    assert find_differences() == []


def test_cash_is_due_from_the_order_on_and_taken_as_soon_as_the_parcel_has_arrived() -> None:
    order = make_order(provider="cash_on_delivery")
    make_payment(order, provider="cash_on_delivery")
    parcel = order.seller_orders.get()
    for step in ("packing", "handed_over"):
        assert (cash_state(parcel), parcel.to_collect) == (CashState.DUE, TOTAL)
        move(parcel, step, carrier=CARRIER)
    move(parcel, "delivered")
    assert (cash_state(parcel), parcel.to_collect) == (CashState.COLLECTED, 0)  # no job has booked it yet
    assert cash_state(make_payment().order.seller_orders.get()) is None


def test_what_ended_before_is_due_no_more() -> None:
    parcel = make_order(provider="cash_on_delivery").seller_orders.get()
    move(parcel, SellerOrder.Status.CANCELLED)
    assert (cash_state(parcel), parcel.to_collect) == (None, 0)


class TestASumThatAListHas:
    """An amount alone says nothing of who sent it."""

    def arrives(self, memo: str) -> Item:
        listed([collected().tracking_number, TOTAL, 0, TODAY])
        applied(bank_csv(f"{TODAY};FT5;;{TOTAL};{memo}"))
        return Item.objects.get()

    def test_is_a_buyers_where_the_memo_carries_a_code(self) -> None:
        code = make_payment().reference
        item = self.arrives(f"viettel post {code}")
        assert (item.finding, item.row and item.row.remittance) == ("missing_here", None)

    def test_is_for_a_person_to_know_where_the_memo_names_nobody(self) -> None:
        item, client = self.arrives("chuyen tien"), signed_in(chi_thu())
        sheet = Statement.objects.get(kind="carrier")
        assert "vtp.xlsx" in text(client, "desk:item", item.pk)
        assert post(client, "desk:item_resolve", item.pk, "bang-ke").status_code == 422
        post(client, "desk:item_resolve", item.pk, "bang-ke", statement=sheet.pk)
        item.refresh_from_db()
        assert (item.state, item.resolved_by) == ("resolved", chi_thu())
        assert item.row is not None and item.row.remittance == sheet
        assert balance(of_market(Account.Kind.BANK)) == TOTAL  # booked by the list alone
        assert find_differences() == []


def test_a_parcel_is_remitted_once_by_either_of_its_numbers() -> None:
    parcel = collected()
    rows = [[parcel.number, TOTAL, 0, TODAY], [parcel.tracking_number, TOTAL, 0, TODAY]]
    assert listed(*rows) == ["matched", "differs"]
    assert listed([parcel.number, TOTAL, 0, TODAY], ["x", 1, 0, TODAY]) == ["repeated", "differs"]
    assert balance(cash_in_transit(CARRIER)) == 0


def test_what_does_not_agree_waits_for_a_person() -> None:
    collected_one, on_its_way = collected(), handed_over()
    listed(
        [collected_one.number, TOTAL - 1, 0, TODAY],
        [on_its_way.number, TOTAL, 0, TODAY],
        ["VTP-LA", TOTAL, 0, TODAY],
    )
    found = dict(Item.objects.values_list("reference", "finding"))
    assert found == {
        collected_one.number: "amount_differs",
        on_its_way.number: "status_differs",
        "VTP-LA": "missing_here",
    }
    assert balance(cash_in_transit(CARRIER)) == TOTAL
    assert CARRIER in text(signed_in(chi_thu()), "desk:reconciliation")


class TestAnotherSumThanWasCollected:
    def settle(self, item: Item) -> Item:
        post(signed_in(chi_thu()), "desk:item_resolve", item.pk, "hang-nop")
        item.refresh_from_db()
        return item

    def test_is_booked_once_a_person_agrees_and_the_rest_stays_with_the_carrier(self) -> None:
        parcel = collected()
        listed([parcel.number, TOTAL - 20_000, 9_000, TODAY])
        item = Item.objects.get()
        assert "/hang-nop/" in text(signed_in(chi_thu()), "desk:item", item.pk)
        item = self.settle(item)
        assert (item.state, item.resolved_by) == ("resolved", chi_thu())
        assert item.entry is not None and "20.000" in item.resolution
        assert balance(of_market(Account.Kind.BANK)) == TOTAL - 29_000
        assert balance(cash_in_transit(CARRIER)) == 20_000
        assert cash_state(parcel) is CashState.REMITTED
        assert owed_by_carriers() == [{"carrier": CARRIER, "total": 20_000, "count": 0}]
        applied(bank_csv(f"{TODAY};FT5;;{TOTAL - 29_000};VIETTELPOST tra COD"))
        assert cash_state(parcel) is CashState.RECONCILED
        assert find_differences() == []

    def test_may_be_more_which_the_carrier_then_has_with_us(self) -> None:
        parcel = collected()
        listed([parcel.number, TOTAL + 20_000, 0, TODAY])
        item = self.settle(Item.objects.get())
        assert item.state == "resolved" and "20.000" in item.resolution
        assert (balance(of_market(Account.Kind.BANK)), balance(cash_in_transit(CARRIER))) == (
            TOTAL + 20_000,
            -20_000,
        )
        assert "-20.000" in text(signed_in(chi_thu()), "desk:reconciliation")
        assert find_differences() == []

    def test_does_not_go_for_what_was_listed_since(self) -> None:
        twice = collected()
        listed([twice.number, TOTAL - 1, 0, TODAY])
        listed([twice.number, TOTAL, 0, TODAY])
        assert self.settle(Item.objects.get()).state == "open"
        assert balance(of_market(Account.Kind.BANK)) == TOTAL


def test_carriers_owe_what_they_collected_less_what_came_short() -> None:
    parcel = handed_over()
    SellerOrder.objects.filter(pk=parcel.pk).update(reduced=10_000)
    move(parcel, SellerOrder.Status.DELIVERED)
    count_cash({"seller_order": parcel.pk})
    collected()
    assert owed_by_carriers() == [{"carrier": CARRIER, "total": 2 * TOTAL - 10_000, "count": 2}]
    assert "290.000" in text(signed_in(chi_thu()), "desk:reconciliation")


RETURNED = [*HEAD, "Trạng thái"]


def returned(*rows: list[object]) -> list[str]:
    return outcomes(applied(xlsx(RETURNED, *rows), kind="carrier", carrier=CARRIER, name="vtp.xlsx"))


def test_a_list_says_that_nobody_took_a_parcel() -> None:
    parcel, taken = handed_over(), collected()
    rows = [
        [parcel.number, 0, 12_000, TODAY, "Chuyển hoàn"],
        [taken.number, TOTAL, 0, TODAY, "Đã hoàn thành"],
    ]
    assert returned(*rows) == ["matched", "matched"]
    parcel.refresh_from_db()
    assert parcel.status == SellerOrder.Status.CANCELLED
    assert parcel.events.latest("pk").actor == chi_thu()
    assert cash_state(parcel) is None
    assert (balance(cash_in_transit(CARRIER)), balance(of_market(Account.Kind.BANK))) == (0, TOTAL - 12_000)
    applied(bank_csv(f"{TODAY};FT5;;{TOTAL - 12_000};VIETTELPOST tra COD"))
    assert cash_state(taken) is CashState.RECONCILED
    assert find_differences() == []


def test_the_farm_hears_from_the_list_that_nobody_took_it() -> None:
    parcel = handed_over()
    returned([parcel.tracking_number, 0, 0, TODAY, "Người nhận từ chối"])
    _subject, body = render(Message.objects.get(kind="seller_parcel_came_back"))
    assert "cộng lại" in body


def test_the_farm_and_the_list_may_both_say_that_nobody_took_it() -> None:
    parcel = handed_over()
    refuse_at_door(parcel, actor=None)
    assert returned([parcel.tracking_number, 0, 0, TODAY, "Người nhận từ chối"]) == ["matched"]
    assert not Item.objects.exists()


def test_a_parcel_that_arrived_was_cancelled_before_or_brings_cash_did_not_come_back() -> None:
    arrived, with_cash = collected(), handed_over()
    never_sent = make_order(provider="cash_on_delivery").seller_orders.get()
    SellerOrder.objects.filter(pk=never_sent.pk).update(carrier=CARRIER)
    move(never_sent, SellerOrder.Status.CANCELLED)
    parcels = {arrived: 0, with_cash: TOTAL, never_sent: 0}
    said = returned(*([each.number, cash, 0, TODAY, "Hoàn hàng"] for each, cash in parcels.items()))
    assert said == ["differs"] * 3
    assert set(Item.objects.values_list("finding", "their_state")) == {("status_differs", "Hoàn hàng")}
    assert SellerOrder.objects.get(pk=with_cash.pk).status == SellerOrder.Status.HANDED_OVER


def test_another_carriers_list_does_not_settle_the_parcel() -> None:
    parcel = collected()
    applied(xlsx(HEAD, [parcel.number, TOTAL, 0, TODAY]), kind="carrier", carrier="GHN", name="ghn.xlsx")
    assert cash_state(parcel) is CashState.COLLECTED


def test_a_parcel_on_its_way_can_be_paid_by_qr_at_the_door() -> None:
    parcel = handed_over()
    payment = switch_provider(order=parcel.order, provider="vietqr")
    transfer_of(payment.reference)
    assert reread(payment).state == Payment.State.CONFIRMED
    assert cash_state(SellerOrder.objects.get(pk=parcel.pk)) is None
    move(parcel, SellerOrder.Status.DELIVERED)
    assert balance(cash_in_transit(CARRIER)) == 0
    assert find_differences() == []


def test_a_parcel_that_came_short_brings_less() -> None:
    parcel = handed_over()
    SellerOrder.objects.filter(pk=parcel.pk).update(reduced=10_000)
    move(parcel, SellerOrder.Status.DELIVERED)
    count_cash({"seller_order": parcel.pk})
    assert listed([parcel.tracking_number, parcel.total, 0, TODAY]) == ["differs"]
    Item.objects.all().delete()
    assert listed([parcel.tracking_number, parcel.total - 10_000, 0, TODAY]) == ["matched"]
