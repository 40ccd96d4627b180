"""What the order's page says of the sum and of how it is paid, after a parcel fell away or another way was chosen."""

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.messaging.delivery import render
from marketplace.messaging.models import Message
from marketplace.order.links import order_link
from marketplace.order.models import Order
from marketplace.order.services import move, take_back
from payments.providers.base import Reason
from payments.services import confirm_payment, note_reason
from payments.ways import switch_provider
from tests.factories import make_staff
from tests.payments.orders import make_order, make_payment
from tests.reading import page_words

pytestmark = pytest.mark.django_db
CASH = "Trả tiền mặt khi nhận"


def page(client: Client, order: Order) -> str:
    client.force_login(make_staff())
    return page_words(client.get(reverse("tracking:order", args=[order.number])))


@pytest.mark.parametrize("provider", ["vietqr", "cash_on_delivery"])
def test_the_sum_is_what_is_still_to_be_paid(client: Client, provider: str) -> None:
    payment = make_payment(make_order(100_000, 70_000, provider=provider), provider=provider)
    assert "không phải trả" not in page(client, payment.order)
    gone = payment.order.seller_orders.get(total=70_000)
    take_back(gone, actor=None, reason="")
    words = page(client, payment.order)
    assert "không phải trả</dt><dd>−70.000 ₫</dd>" in words
    assert '<div class="sums-total"><dt>Tổng cộng</dt><dd>100.000 ₫</dd>' in words
    if provider == "vietqr":
        assert "Còn phải trả 100.000 ₫" in words


def test_what_was_paid_and_comes_back_is_no_part_that_fell_away(client: Client) -> None:
    payment = make_payment(make_order(100_000, 70_000))
    confirm_payment(payment, amount=170_000)
    take_back(payment.order.seller_orders.get(total=70_000), actor=None, reason="")
    assert "không phải trả" not in page(client, payment.order)


def test_money_that_a_rail_checks_is_not_asked_for_again(client: Client) -> None:
    payment = make_payment(provider="vnpay")
    note_reason(payment, Reason.HELD)
    words = page(client, payment.order)
    assert "Khoản tiền của bạn đang được kiểm tra" in words
    assert "Đang chờ bạn chuyển khoản" not in words
    confirm_payment(payment, amount=payment.amount)
    assert "đang được kiểm tra" not in page(client, payment.order)


def test_who_was_to_pay_in_cash_hears_what_came_and_that_nobody_collects(client: Client) -> None:
    order = make_payment(
        make_order(100_000, 70_000, provider="cash_on_delivery"), provider="cash_on_delivery"
    ).order
    take_back(order.seller_orders.get(total=70_000), actor=None, reason="")
    other = switch_provider(order=order, provider="vietqr")
    confirm_payment(other, amount=other.amount)
    _subject, body = render(Message.objects.get(kind="order_paid"))
    assert "100.000" in body and "không thu tiền ở cửa nữa" in body and "đóng gói" not in body
    client.get(order_link(order))
    words = client.get(reverse("payments:pay", args=[order.number])).content.decode()
    assert "không thu tiền ở cửa nữa" in words


def test_cash_stays_possible_while_a_transfer_is_tried(client: Client) -> None:
    order = make_payment(provider="cash_on_delivery").order
    other = switch_provider(order=order, provider="vietqr")
    assert CASH in page(client, order)
    confirm_payment(other, amount=other.amount)
    assert CASH not in page(client, order)


def test_a_parcel_that_has_left_is_not_said_to_be_packed(client: Client) -> None:
    order = make_payment(make_order(100_000, provider="cash_on_delivery"), provider="cash_on_delivery").order
    assert "trước khi đóng gói" in page(client, order)
    for step in ("packing", "handed_over"):
        move(order.seller_orders.get(), step)
    words = page(client, order)
    assert "trước khi đóng gói" not in words and "Bạn trả tiền mặt khi nhận hàng" in words


def test_what_a_transfer_paid_comes_back_by_transfer(client: Client) -> None:
    """Though the order was to be paid at the door."""
    order = make_payment(provider="cash_on_delivery").order
    other = switch_provider(order=order, provider="vietqr")
    confirm_payment(other, amount=other.amount)
    number = order.seller_orders.get().number
    client.get(order_link(order))
    answer = client.post(reverse("tracking:cancel", args=[order.number, number]), follow=True)
    assert "số tài khoản" in answer.content.decode()
