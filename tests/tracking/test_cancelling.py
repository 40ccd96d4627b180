"""The buyer takes a parcel back before its farm has begun: stock, money and words follow at once."""

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


def test_once_the_farm_is_packing_it_is_asked(buyer: Client, order: Order) -> None:
    mine = order.seller_orders.first()
    assert mine
    move(mine, SellerOrder.Status.PACKING)
    with pytest.raises(IllegalMove):
        take_back(mine, actor=None, reason="")
    assert "Hỏi nhà vườn" in buyer.get(address(mine)).content.decode()
    page = buyer.post(address(mine), {"note": "Mua nhầm"}, follow=True).content.decode()
    assert "Bạn đã xin hủy" in page
    assert mine.cancellation_requests.get().reason == "Mua nhầm"
    mine.refresh_from_db()
    assert mine.status == "packing"


def test_not_once_it_has_left(buyer: Client, order: Order) -> None:
    mine = order.seller_orders.first()
    assert mine
    for step in (SellerOrder.Status.PACKING, SellerOrder.Status.HANDED_OVER):
        move(mine, step, carrier="x")
    assert "gọi" in buyer.get(address(mine), follow=True).content.decode()


def test_an_unpaid_parcel_is_no_longer_asked_for(buyer: Client) -> None:
    payment = open_payment()
    parcel = payment.order.seller_orders.get()
    take_back(parcel, actor=None, reason="")
    payment.order.refresh_from_db()
    assert payment.order.status == "cancelled"
    assert not Refund.objects.exists()


class TestTheWholeOrder:
    def address(self, order: Order) -> str:
        return reverse("tracking:cancel_order", args=[order.number])

    def test_at_one_tap_everything_ends_and_comes_back(
        self,
        buyer: Client,
        order: Order,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        page = buyer.get(reverse("tracking:order", args=[order.number])).content.decode()
        assert self.address(order) in page
        with django_capture_on_commit_callbacks(execute=True):
            answer = buyer.post(self.address(order), {"note": "Đi xa"}, follow=True)
        assert "số tài khoản" in answer.content.decode()
        assert set(order.seller_orders.values_list("status", flat=True)) == {"cancelled"}
        assert sum(Refund.objects.values_list("amount", flat=True)) == order.total
        assert list(find_differences()) == []

    def test_what_is_being_packed_goes_on_and_is_named(self, buyer: Client, order: Order) -> None:
        packing, waiting = order.seller_orders.order_by("partner_id")
        move(packing, SellerOrder.Status.PACKING)
        assert packing.partner.name in buyer.get(self.address(order)).content.decode()
        buyer.post(self.address(order), {})
        statuses = dict(order.seller_orders.values_list("pk", "status"))
        assert statuses == {packing.pk: "packing", waiting.pk: "cancelled"}

    def test_too_late_for_all_of_it(self, buyer: Client, order: Order) -> None:
        for parcel in order.seller_orders.all():
            move(parcel, SellerOrder.Status.PACKING)
        page = buyer.get(self.address(order), follow=True).content.decode()
        assert "gọi cho nhà vườn" in page
