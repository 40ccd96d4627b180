"""What a buyer is told of money that comes back follows the attempt that paid, not the way chosen at checkout."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.order.links import order_link
from marketplace.order.models import Order
from payments.ledger.postings import money_received
from payments.models import Payment, Refund
from payments.parcel_refunds import give_back_parcel, wanting_an_account
from payments.refunds import owe_back
from payments.services import confirm_payment
from payments.starting import start_waiting
from payments.ways import switch_provider
from tests.payments.orders import TOTAL, make_order, make_payment
from tests.payments.rails import ScriptedRail

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(client: Client, scripted_rail: type[ScriptedRail]) -> Client:
    return client


def switched(order: Order, provider: str) -> Payment:
    payment = switch_provider(order=order, provider=provider)
    start_waiting(order, client_ip="192.0.2.7")
    payment.refresh_from_db()
    return payment


def paid(payment: Payment) -> None:
    money_received(payment, rail=payment.provider, amount=TOTAL, key="x", occurred_at=timezone.now())
    confirm_payment(payment, amount=TOTAL)


def cancelled(buyer: Client, order: Order) -> str:
    """What the page says at once, to whoever opened the link; the refund follows."""
    buyer.get(order_link(order))
    answer = buyer.post(reverse("tracking:cancel_order", args=[order.number]), {}, follow=True)
    give_back_parcel({"seller_order": order.seller_orders.get().pk})
    return answer.content.decode()


def pages(buyer: Client, order: Order) -> list[str]:
    buyer.get(order_link(order))
    names = ("tracking:order", "payments:pay")
    return [buyer.get(reverse(name, args=[order.number])).content.decode() for name in names]


def test_chosen_by_qr_and_paid_by_a_rail_goes_back_by_the_rail(buyer: Client) -> None:
    order = make_order()
    make_payment(order)
    paid(switched(order, "testrail"))
    assert "về lại bạn qua Test rail, bạn không cần làm gì thêm" in cancelled(buyer, order)
    for page in pages(buyer, order):
        assert reverse("tracking:refund_account", args=[order.number]) not in page
    assert not wanting_an_account(order.pk).exists()


def test_chosen_by_a_rail_and_paid_by_transfer_asks_for_the_account(buyer: Client) -> None:
    order = make_order(provider="testrail")
    make_payment(order, provider="testrail")
    paid(switched(order, "vietqr"))
    assert "hãy cho chúng tôi biết số tài khoản" in cancelled(buyer, order)
    for page in pages(buyer, order):
        assert reverse("tracking:refund_account", args=[order.number]) in page


def test_what_the_rail_did_not_do_is_still_promised_and_asks_for_the_account(buyer: Client) -> None:
    payment = make_payment(provider="testrail")
    paid(payment)
    refund = owe_back(payment=payment, amount=9_000, reason="x", key="x")
    Refund.objects.update(state="failed")
    tracking, paying = pages(buyer, payment.order)
    assert "chúng tôi sẽ chuyển khoản cho bạn" in tracking
    assert "không được" not in tracking
    assert "9.000\u00a0₫ sẽ được trả lại" in paying
    assert list(wanting_an_account(payment.order_id)) == [refund]


def test_what_a_second_person_has_not_approved_asks_for_nothing_yet(buyer: Client) -> None:
    payment = make_payment()
    paid(payment)
    owe_back(payment=payment, amount=9_000, reason="x", key="x")
    Refund.objects.update(state="proposed")
    assert not wanting_an_account(payment.order_id).exists()
