"""A paid parcel was handed over: the buyer's shipping charge becomes the money of whoever pays the carrier."""

from typing import Any

from django.db import transaction

from marketplace.order.models import SellerOrder
from payments.ledger.postings import shipping_due
from payments.locks import lock_attempts


@transaction.atomic
def parcel_handed_over(payload: dict[str, Any]) -> None:
    """The outbox job. ``payload`` is {"seller_order": pk}; running it twice changes nothing."""
    parcel = SellerOrder.objects.select_related("partner").get(pk=payload["seller_order"])
    lock_attempts(parcel.order_id)
    shipping_due(parcel)
