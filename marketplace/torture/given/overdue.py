"""Orders whose time is over."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from marketplace.order.models import Order, Reservation
from payments.models import Payment


def run_out(payments: Iterable[Payment], *, at: datetime | None = None) -> None:
    """The time of their orders, of the goods these hold and of every attempt to pay them is over then, or now."""
    at, orders = at or timezone.now(), {payment.order_id for payment in payments}
    Order.objects.filter(pk__in=orders).update(expires_at=at)
    Reservation.objects.filter(line__order__in=orders).update(expires_at=at)
    Payment.objects.filter(order__in=orders).update(expires_at=at)
