"""Parcels of an unpaid order that arrived, or will not arrive: the carrier has brought money, or less is to come."""

from typing import Any

from django.db import transaction

from marketplace.order.models import SellerOrder
from payments.locks import lock_attempts
from payments.services import follow_dues


@transaction.atomic
def count_cash(payload: dict[str, Any]) -> None:
    """The outbox job after each. ``payload`` is {"seller_order": pk}; running it twice changes nothing."""
    parcel = SellerOrder.objects.get(pk=payload["seller_order"])
    order, attempts = lock_attempts(parcel.order_id)
    follow_dues(order, attempts)
