"""Demo orders happened on different days: the same rows, at times further back."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from marketplace.order.models import Order, Reservation, SellerOrder, SellerOrderEvent
from payments.models import Payment, Transfer

#: how long after the order was placed a parcel takes its steps
_AFTER = {
    SellerOrder.Status.NEW: timedelta(minutes=4),
    SellerOrder.Status.PACKING: timedelta(hours=3),
    SellerOrder.Status.HANDED_OVER: timedelta(hours=20),
    SellerOrder.Status.CANCELLED: timedelta(hours=5),
    SellerOrder.Status.EXPIRED: timedelta(minutes=15),
    SellerOrder.Status.DELIVERED: timedelta(days=4),
}


def move_back(order: Order, *, days: int) -> None:
    """As if it had been placed `days` ago: what it waits for may be over."""
    back = timedelta(days=days)
    Order.objects.filter(pk=order.pk).update(
        date_placed=F("date_placed") - back, expires_at=F("expires_at") - back
    )
    Payment.objects.filter(order=order).update(
        created_at=F("created_at") - back, expires_at=F("expires_at") - back
    )
    Reservation.objects.filter(line__order=order).update(expires_at=F("expires_at") - back)
    SellerOrder.objects.filter(order=order).update(created_at=F("created_at") - back)


def spread(order: Order, *, days: int) -> None:
    """Give what happened since then its own time."""
    order.refresh_from_db()
    if not days:
        return
    paid_at = order.date_placed + _AFTER[SellerOrder.Status.NEW]
    Order.objects.filter(pk=order.pk, paid_at__isnull=False).update(paid_at=paid_at)
    Payment.objects.filter(order=order, confirmed_at__isnull=False).update(confirmed_at=paid_at)
    Transfer.objects.filter(payment__order=order).update(occurred_at=paid_at)
    SellerOrder.objects.filter(order=order, asked_at__isnull=False).update(asked_at=paid_at)
    for event in SellerOrderEvent.objects.filter(seller_order__order=order):
        at = order.date_placed + _AFTER.get(SellerOrder.Status(event.status), timedelta(0))
        SellerOrderEvent.objects.filter(pk=event.pk).update(at=min(at, timezone.now()))
