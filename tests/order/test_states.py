"""States of a parcel: each possible step works, every other one is refused and changes nothing."""

import datetime
from collections.abc import Callable
from contextlib import suppress

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from marketplace.order import services
from marketplace.order.exceptions import IllegalMove
from marketplace.order.models import SellerOrder
from tests.factories import make_order, make_paid_order

pytestmark = pytest.mark.django_db
Status = SellerOrder.Status


def in_two_days(parcel: SellerOrder) -> None:
    with time_machine.travel(timezone.now() + datetime.timedelta(days=2)):
        services.expire(parcel.order)


def by_people(to: str) -> Callable[[SellerOrder], object]:
    return lambda parcel: services.move(parcel, to, carrier="x", note="x")


def cancel(parcel: SellerOrder) -> None:
    """In either way that there is."""
    try:
        services.move(parcel, Status.CANCELLED, note="x")
    except IllegalMove:
        services.refuse_at_door(parcel, actor=None)


STEPS: dict[str, Callable[[SellerOrder], object]] = {
    Status.AWAITING_PAYMENT: lambda parcel: services.reopen(parcel.order),
    Status.NEW: lambda parcel: services.mark_paid(parcel.order, amount=150_000),
    Status.PACKING: by_people(Status.PACKING),
    Status.HANDED_OVER: by_people(Status.HANDED_OVER),
    Status.DELIVERED: by_people(Status.DELIVERED),
    Status.CANCELLED: cancel,
    Status.EXPIRED: in_two_days,
}
#: how a parcel that is paid at the door, or not at all, gets there
PATHS = {
    Status.AWAITING_PAYMENT: (),
    Status.NEW: (),
    Status.PACKING: (Status.PACKING,),
    Status.HANDED_OVER: (Status.PACKING, Status.HANDED_OVER),
    Status.DELIVERED: (Status.PACKING, Status.HANDED_OVER, Status.DELIVERED),
    Status.CANCELLED: (Status.CANCELLED,),
    Status.EXPIRED: (Status.EXPIRED,),
}


def parcel_at(status: str) -> SellerOrder:
    waits = status in (Status.AWAITING_PAYMENT, Status.EXPIRED)
    order = make_order() if waits else make_order(payment_method="cash_on_delivery", pays_on_delivery=True)
    parcel: SellerOrder = order.seller_orders.get()
    for step in PATHS[Status(status)]:
        STEPS[step](SellerOrder.objects.get(pk=parcel.pk))
    return SellerOrder.objects.select_related("order").get(pk=parcel.pk)


@pytest.mark.parametrize("begins", Status.values)
def test_a_parcel_takes_only_steps_of_its_table(begins: str) -> None:
    pk = parcel_at(begins).pk
    for to, step in STEPS.items():
        with transaction.atomic():
            parcel = SellerOrder.objects.select_related("order").get(pk=pk)
            assert parcel.status == begins
            steps = [event.status for event in parcel.events.order_by("pk")]
            with suppress(IllegalMove):
                step(parcel)
            possible = to in SellerOrder.TRANSITIONS[Status(begins)]
            assert SellerOrder.objects.get(pk=pk).status == (to if possible else begins), to
            assert [event.status for event in parcel.events.order_by("pk")] == steps + [to] * possible
            transaction.set_rollback(True)


@pytest.mark.parametrize("begins", [one for one in Status.values if one != Status.HANDED_OVER])
def test_only_a_parcel_on_its_way_is_refused_at_the_door(begins: str) -> None:
    parcel = parcel_at(begins)
    with pytest.raises(IllegalMove):
        services.refuse_at_door(parcel, actor=None)


def test_what_is_on_its_way_or_paid_is_cancelled_by_nobody_else() -> None:
    with pytest.raises(IllegalMove):
        services.move(parcel_at(Status.HANDED_OVER), Status.CANCELLED, note="x")
    parcel = make_paid_order().seller_orders.get()
    for step in PATHS[Status.HANDED_OVER]:
        services.move(parcel, step, carrier="x")
    with pytest.raises(IllegalMove):
        services.refuse_at_door(parcel, actor=None)


@pytest.mark.parametrize("begins", [*PATHS])
def test_of_an_unpaid_parcel_nothing_comes_back_to_be_paid(begins: str) -> None:
    with pytest.raises(IllegalMove):
        services.come_back(parcel_at(begins), actor=None, reason="x")


@pytest.mark.parametrize("begins", [Status.NEW, Status.PACKING, Status.DELIVERED, Status.CANCELLED])
def test_a_paid_parcel_comes_back_only_from_its_way(begins: str) -> None:
    parcel = make_paid_order().seller_orders.get()
    for step in PATHS[begins]:
        services.move(parcel, step, carrier="x")
    with pytest.raises(IllegalMove):
        services.come_back(parcel, actor=None, reason="x")
    parcel.refresh_from_db()
    assert parcel.status == begins
