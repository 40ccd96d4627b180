"""Cash at the door of an order from two farms: each parcel brings its part, or is not taken."""

import pytest

from marketplace.order.models import Order, SellerOrder
from marketplace.order.services import move, refuse_at_door
from marketplace.outbox.delivery import deliver_due
from payments.audit.services import find_differences
from payments.models import Payment
from tests import factories
from tests.factories import anh_tam, chi_lan, htx_dong_phu, make_product
from tests.payments.orders import make_payment

pytestmark = pytest.mark.django_db
Status = SellerOrder.Status


@pytest.fixture
def order() -> Order:
    goods = [(make_product(partner=farm), 1) for farm in (anh_tam(), htx_dong_phu())]
    placed = factories.make_order(
        *goods, user=chi_lan(), payment_method="cash_on_delivery", pays_on_delivery=True
    )
    make_payment(placed, provider="cash_on_delivery")
    for parcel in placed.seller_orders.all():
        move(parcel, Status.PACKING)
        move(parcel, Status.HANDED_OVER)
    return placed


@pytest.mark.parametrize("refused_first", [True, False])
def test_the_parcel_that_was_taken_pays_for_all_that_is_due(order: Order, refused_first: bool) -> None:
    taken, refused = order.seller_orders.order_by("pk")
    steps = [lambda: move(taken, Status.DELIVERED), lambda: refuse_at_door(refused, actor=None)]
    for step in reversed(steps) if refused_first else steps:
        step()
        deliver_due()
    payment, placed = Payment.objects.get(), Order.objects.get()
    assert (payment.state, payment.received, placed.status) == ("confirmed", taken.total, "completed")
    assert find_differences() == []


def test_nothing_taken_is_nothing_paid(order: Order) -> None:
    for parcel in order.seller_orders.all():
        refuse_at_door(parcel, actor=None)
    deliver_due()
    payment, placed = Payment.objects.get(), Order.objects.get()
    assert (payment.state == "confirmed", payment.received, placed.status) == (False, 0, "cancelled")
    assert find_differences() == []
