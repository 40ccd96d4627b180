"""The one row lock of this room: whoever changes an order or one of its parcels holds the order's row first.

Stock records come after it, in pk order (farmers.partner.stock), so two orders never wait for each other in a ring.
"""

from marketplace.order.models import Order


def lock_order(order: Order) -> None:
    """Wait for the row and bring what others may have changed into `order`. Needs a transaction.

    The key is left alone: rows that merely point at the order may be written meanwhile.
    """
    order.refresh_from_db(
        fields=["status", "paid_at", "expires_at", "payment_method"],
        from_queryset=Order.objects.select_for_update(no_key=True),
    )
