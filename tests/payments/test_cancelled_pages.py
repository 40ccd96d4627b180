"""What the page to pay says of an order that was cancelled."""

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.order import services as orders
from marketplace.outbox.delivery import deliver_due
from payments.models import Payment, Refund, Transfer
from payments.providers.base import Reason
from payments.services import confirm_payment, note_reason
from tests.factories import make_staff
from tests.payments.desk.people import transfer_of
from tests.payments.orders import TOTAL, make_payment, reread

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(client: Client) -> Client:
    client.force_login(make_staff())
    return client


def seen(client: Client, payment: Payment) -> str:
    answer = client.get(f"/don-hang/{payment.order.number}/tra-tien/")
    assert answer.status_code == 200
    return answer.content.decode()


def cancelled(payment: Payment) -> Payment:
    orders.take_back(payment.order.seller_orders.get(), actor=None, reason="")
    deliver_due()
    return reread(payment)


def test_it_is_not_to_be_paid_any_more(buyer: Client) -> None:
    payment = cancelled(make_payment())
    assert (payment.state, payment.order.status) == ("cancelled", "cancelled")
    html = seen(buyer, payment)
    assert "Đơn này đã hủy" in html
    assert "Bạn không phải trả gì cho đơn này" in html
    assert "hết giờ" not in html and "đơn đi tiếp" not in html


def test_one_of_which_a_part_had_come_says_that_it_comes_back(buyer: Client) -> None:
    payment = make_payment()
    transfer_of(payment.reference, 50_000)
    payment = cancelled(payment)
    assert Transfer.objects.get().outcome == Transfer.Outcome.LATE
    html = seen(buyer, payment)
    assert "50.000\u00a0₫ sẽ được trả lại" in html
    assert "Bạn không phải trả gì" not in html


def test_one_that_was_paid_is_not_said_to_be_packed(buyer: Client) -> None:
    payment = make_payment(provider="vnpay")
    confirm_payment(payment, amount=TOTAL)
    payment = cancelled(payment)
    refund = Refund.objects.get()
    assert "sẽ được trả lại" in seen(buyer, payment)
    Refund.objects.filter(pk=refund.pk).update(state=Refund.State.DONE, done_at=timezone.now())
    html = seen(buyer, payment)
    assert "150.000\u00a0₫ đã được trả lại bạn" in html
    assert "đóng gói" not in html


def test_one_that_a_rail_still_checks_says_that_the_money_comes_back(buyer: Client) -> None:
    payment = make_payment(provider="vnpay")
    note_reason(payment, Reason.HELD)
    assert "Kiểm tra xong, tiền sẽ về lại bạn" in seen(buyer, cancelled(payment))
