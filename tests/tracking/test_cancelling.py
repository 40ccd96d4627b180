"""The buyer takes a parcel back before its farm has begun: stock, money and words follow at once."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from marketplace.order.exceptions import IllegalMove
from marketplace.order.models import Order, SellerOrder
from marketplace.order.services import move, take_back
from payments.audit.services import find_differences
from payments.models import Refund
from tests.factories import anh_tam, chi_lan, htx_dong_phu, make_order, make_product, stock_of
from tests.payments.orders import bank_says, notify
from tests.payments.orders import make_payment as open_payment

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(client: Client) -> Client:
    client.force_login(chi_lan())
    return client


@pytest.fixture
def order(buyer: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Order:
    """Paid by bank transfer, two farms, nobody has begun."""
    goods = [make_product(partner=seller, stock=1) for seller in (anh_tam(), htx_dong_phu())]
    placed = make_order(*((product, 1) for product in goods), user=chi_lan())
    payment = open_payment(placed)
    with django_capture_on_commit_callbacks(execute=True):
        notify(buyer, bank_says(payment.reference, payment.amount))
    placed.refresh_from_db()
    return placed


def address(parcel: SellerOrder) -> str:
    return reverse("tracking:cancel", args=[parcel.order.number, parcel.number])


def test_one_parcel_ends_and_its_money_comes_back(
    buyer: Client, order: Order, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    mine, other = order.seller_orders.order_by("partner_id")
    assert "Hủy" in buyer.get(address(mine)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = buyer.post(address(mine), {"note": "Mua nhầm"}, follow=True)
    assert "về lại" in answer.content.decode()
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.status, other.status) == ("cancelled", "new")
    assert "Mua nhầm" in mine.cancel_reason
    assert Refund.objects.get().amount == mine.total
    assert stock_of(mine.lines.get().product).net_stock_level == 1
    assert list(find_differences()) == []


def test_twice_is_once(
    buyer: Client, order: Order, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    mine = order.seller_orders.first()
    assert mine
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            buyer.post(address(mine), {})
    assert Refund.objects.count() == 1


def test_not_once_the_farm_is_packing(buyer: Client, order: Order) -> None:
    mine = order.seller_orders.first()
    assert mine
    move(mine, SellerOrder.Status.PACKING)
    assert "gọi" in buyer.get(address(mine), follow=True).content.decode()
    with pytest.raises(IllegalMove):
        take_back(mine, actor=None, reason="")
    page: Any = buyer.get(reverse("tracking:order", args=[order.number])).content.decode()
    assert address(mine) not in page


def test_an_unpaid_parcel_is_no_longer_asked_for(buyer: Client) -> None:
    payment = open_payment()
    parcel = payment.order.seller_orders.get()
    take_back(parcel, actor=None, reason="")
    payment.order.refresh_from_db()
    assert payment.order.status == "cancelled"
    assert not Refund.objects.exists()
