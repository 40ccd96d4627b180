"""The only row locks of this room, always in this order: notification, order, its payments by pk, transfer.

All attempts to pay one order take their turn at the order's row, so two of them never both count. The locks
leave the key alone: rows that merely point here may be written meanwhile.
"""

from marketplace.order.locks import lock_order
from marketplace.order.models import Order
from payments.models import Notification, Payment, Transfer


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
