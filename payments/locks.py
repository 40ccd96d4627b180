"""The only locks of this room, always in this order: notification, arrivals, order, its payments by pk, transfer.

All attempts to pay one order take their turn at the order's row, so two of them never both count. The locks
leave the key alone: rows that merely point here may be written meanwhile.
"""

from django.db import connection

from marketplace.order.locks import lock_order
from marketplace.order.models import Order
from payments.models import Notification, Payment, Transfer

_ARRIVALS = 0x42505452
"""The number of the advisory lock; nothing else of ours has one."""


def lock_arrivals(*, alone: bool = False) -> None:
    """Until the transaction ends, whoever counts money on our account sees what all others counted.

    Notices hold it together, which keeps none of them waiting. A person who takes in what the bank's statement says
    holds it ``alone``: a notice of the same money comes wholly before, or wholly after.
    """
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [_ARRIVALS])


def lock_notification(pk: int) -> Notification:
    """Raises Notification.DoesNotExist."""
    return Notification.objects.select_for_update(no_key=True).get(pk=pk)


def lock_attempts(order_id: int) -> tuple[Order, list[Payment]]:
    """The order as it is now, and every attempt to pay it, oldest first."""
    order = Order.objects.get(pk=order_id)
    lock_order(order)
    attempts = list(Payment.objects.select_for_update(no_key=True).filter(order=order).order_by("pk"))
    for attempt in attempts:
        attempt.order = order
    return order, attempts


def lock_transfer(pk: int) -> Transfer:
    """Raises Transfer.DoesNotExist."""
    found: Transfer = Transfer.objects.select_for_update(no_key=True).get(pk=pk)
    return found
