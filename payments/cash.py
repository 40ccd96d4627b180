"""Cash at the door: a parcel arrived, or will not arrive, or its carrier has handed over what it took."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from marketplace.order.models import SellerOrder
from payments.ledger.earnings import earn_handed_over
from payments.locks import lock_attempts
from payments.services import follow_dues


@transaction.atomic
def count_cash(payload: dict[str, Any]) -> None:
    """The outbox job after each. ``payload`` is {"seller_order": pk}; running it twice changes nothing."""
    parcel = SellerOrder.objects.get(pk=payload["seller_order"])
    order, attempts = lock_attempts(parcel.order_id)
    follow_dues(order, attempts)


@transaction.atomic
def cash_handed_over(payload: dict[str, Any]) -> None:
    """The outbox job after that: a list that is applied keeps no seller's meter from the others meanwhile.

    ``payload`` is {"seller_order": pk}; running it twice changes nothing.
    """
    parcel = SellerOrder.objects.select_related("partner").get(pk=payload["seller_order"])
    lock_attempts(parcel.order_id)
    earn_handed_over(parcel, occurred_at=timezone.now())
