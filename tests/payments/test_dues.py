"""What an order still needs: less once cash came for a parcel or one was cancelled, and nothing is paid twice."""

import json

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from marketplace.order.models import Order, SellerOrder
from marketplace.order.services import move
from marketplace.outbox.delivery import deliver_due
from payments.audit.services import find_differences
from payments.claims.reducing import reduce_line
from payments.commission.loading import load_rules
from payments.dues import due
from payments.models import Notification, Payment, Refund
from payments.notifications import settle
from payments.providers.vietqr.payload import parse
from payments.services import expire_unpaid
from payments.tax.loading import load_withholding
from payments.ways import switch_provider
from tests.factories import make_staff
from tests.payments.orders import bank_says, make_order, make_payment, notify, reread
from tests.payments.rails import ScriptedRail, sign

pytestmark = pytest.mark.django_db
A, B = 150_000, 90_000
"""What the parcels of the two farms cost."""


@pytest.fixture(autouse=True)
def rules() -> None:
    load_rules()
    load_withholding()


@pytest.fixture
def cash() -> Payment:
    return make_payment(make_order(A, B, provider="cash_on_delivery"), provider="cash_on_delivery")


@pytest.fixture
def qr(cash: Payment) -> Payment:
    """For both parcels, while cash stays possible."""
    return switch_provider(order=cash.order, provider="vietqr")


def parcels(payment: Payment) -> list[SellerOrder]:
    return list(payment.order.seller_orders.order_by("pk"))


def cancel(parcel: SellerOrder) -> None:
    move(parcel, "cancelled", note="Mất mùa")


def hand_over(parcel: SellerOrder) -> None:
    """The carrier takes the parcel's price at the door."""
    for step in ("packing", "handed_over", "delivered"):
        move(parcel, step)


def transfer(payment: Payment, amount: int) -> str:
    """What the money did."""
    assert notify(Client(), bank_says(payment.reference, amount)).status_code == 200
    settle({"notification": Notification.objects.latest("pk").pk})  # before the jobs that wait already
    deliver_due()
    return str(payment.transfers.latest("pk").outcome)


def states(*payments: Payment) -> list[str]:
    return [reread(payment).state for payment in payments]


def owed_back() -> list[int]:
    """In order of time; by now the books have to agree."""
    assert find_differences() == []
    return list(Refund.objects.exclude(state="cancelled").order_by("pk").values_list("amount", flat=True))


@pytest.mark.parametrize(
    "counted", [True, False], ids=["cash counted before", "cash counted with the transfer"]
)
def test_what_came_at_the_door_is_not_paid_again(cash: Payment, qr: Payment, counted: bool) -> None:
    hand_over(parcels(cash)[0])
    if counted:
        deliver_due()
    assert transfer(qr, A + B) == "over"
    assert states(qr, cash) == ["confirmed", "cancelled"]
    assert reread(cash).received == A
    assert owed_back() == [A]


def test_a_code_shown_before_asks_for_what_is_still_due(cash: Payment, qr: Payment) -> None:
    hand_over(parcels(cash)[0])
    deliver_due()
    assert parse(reread(qr).instructions["qr_payload"]).amount == reread(qr).missing == B
    assert transfer(qr, B) == "exact"
    assert reread(qr).order.paid_at is not None
    assert owed_back() == []


def test_the_rest_can_be_transferred_at_the_door(cash: Payment, client: Client) -> None:
    hand_over(parcels(cash)[0])
    deliver_due()
    client.force_login(make_staff())
    page = client.get(reverse("payments:pay", args=[cash.order.number])).content.decode()
    assert "Trả 90.000\u00a0₫ khi nhận hàng" in page
    qr = switch_provider(order=cash.order, provider="vietqr")
    assert qr.amount == B
    assert transfer(qr, B) == "exact"
    assert owed_back() == []


def test_parts_are_not_needed_once_all_came_at_the_door(cash: Payment, qr: Payment) -> None:
    assert transfer(qr, 50_000) == "partial"
    for parcel in parcels(cash):
        hand_over(parcel)
    deliver_due()
    assert states(cash, qr) == ["confirmed", "cancelled"]
    assert qr.transfers.get().outcome == "duplicate"
    assert owed_back() == [50_000]


def test_a_part_pays_what_is_left_after_the_cash(cash: Payment, qr: Payment) -> None:
    transfer(qr, 100_000)
    hand_over(parcels(cash)[0])
    deliver_due()
    assert states(cash, qr) == ["cancelled", "confirmed"]
    assert owed_back() == [100_000 - B]


def test_cash_is_all_when_no_farm_takes_the_rest(cash: Payment) -> None:
    hand_over(parcels(cash)[0])
    deliver_due()
    over = reread(cash).order.expires_at
    assert over
    with time_machine.travel(over):
        assert expire_unpaid(over) == 1
    assert (reread(cash).state, reread(cash).order.status) == ("confirmed", Order.Status.COMPLETED)
    assert owed_back() == []


def test_a_part_of_a_transfer_goes_back_when_another_way_pays(scripted_rail: type[ScriptedRail]) -> None:
    order = make_order()
    wallet = make_payment(order, provider="testrail")
    qr = switch_provider(order=order, provider="vietqr")
    assert transfer(qr, 50_000) == "partial"
    said = {"id": "late", "reference": wallet.reference, "amount": wallet.amount, "outcome": "paid"}
    body = json.dumps(said).encode()
    Client().post("/thanh-toan/testrail/ipn", body, "application/json", headers={"X-Sign": sign(body)})
    deliver_due()
    assert states(wallet, qr) == ["confirmed", "cancelled"]
    assert qr.transfers.get().outcome == "duplicate"
    assert owed_back() == [50_000]


def test_a_cancelled_parcel_is_not_asked_for(client: Client) -> None:
    qr = make_payment(make_order(A, B))
    client.force_login(make_staff())
    told = reverse("payments:status", args=[qr.order.number])
    before = client.get(told).json()
    cancel(parcels(qr)[1])
    deliver_due()
    assert parse(reread(qr).instructions["qr_payload"]).amount == reread(qr).missing == due(qr.order) == A
    assert client.get(told).json() != before
    assert transfer(qr, A) == "exact"
    assert owed_back() == []


def test_parts_that_cover_what_is_left_after_a_cancellation_pay_it() -> None:
    qr = make_payment(make_order(A, B))
    for amount in (100_000, 60_000):
        assert transfer(qr, amount) == "partial"
    cancel(parcels(qr)[1])
    deliver_due()
    assert reread(qr).order.status == Order.Status.CONFIRMED
    assert owed_back() == [10_000]


def test_what_is_too_much_may_be_more_than_what_came_last() -> None:
    """The parcel was cancelled a moment ago, and its job has not run."""
    qr = make_payment(make_order(A, B))
    transfer(qr, 200_000)
    cancel(parcels(qr)[1])
    assert transfer(qr, 20_000) == "over"
    assert reread(qr).state == "confirmed"
    assert sorted(owed_back()) == [20_000, 50_000]


def test_nothing_is_stranded_in_an_order_that_was_cancelled_whole() -> None:
    qr = make_payment(make_order(A, B))
    transfer(qr, 50_000)
    for parcel in parcels(qr):
        cancel(parcel)
    deliver_due()
    assert reread(qr).order.status == Order.Status.CANCELLED
    assert find_differences() == []
    assert (reread(qr).state, owed_back()) == ("cancelled", [50_000])


def test_a_code_asks_less_when_less_comes(cash: Payment, qr: Payment) -> None:
    transfer(qr, 100_000)
    line = cash.order.lines.get(partner=parcels(cash)[0].partner)
    row = reduce_line(line, grams=line.pack_grams // 2, reason="Hàng ít", by=make_staff())
    assert reread(qr).missing == A + B - row.amount - 100_000
    assert transfer(qr, reread(qr).missing) == "exact"
    assert owed_back() == []


@pytest.mark.parametrize("short", [1, 500, 999])
def test_a_few_dong_too_little_count_and_the_rest_is_asked_for_by_hand(client: Client, short: int) -> None:
    qr = make_payment(make_order(A))
    assert transfer(qr, A - short) == "partial"
    assert (reread(qr).received, reread(qr).missing, reread(qr).instructions) == (A - short, short, {})
    client.force_login(make_staff())
    page = client.get(reverse("payments:pay", args=[qr.order.number])).content.decode()
    assert f'data-copy="{short}"' in page
    assert f'data-copy="{qr.reference}"' in page
    assert "ma-qr" not in page
    assert "1.000\u00a0₫" in page
    assert transfer(qr, 1_000) == "over"
    assert reread(qr).state == "confirmed"
    assert owed_back() == [1_000 - short]
