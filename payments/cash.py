"""Cash that carriers collect at the door: the attempt is confirmed when every parcel has brought its part."""

from typing import Any

from django.db import transaction
from django.db.models import F, Sum

from marketplace.order.models import SellerOrder
from payments.ledger.postings import cash_collected
from payments.locks import lock_attempts
from payments.models import Payment
from payments.providers import registry
from payments.services import owed


@transaction.atomic
def count_cash(payload: dict[str, Any]) -> None:
    """The outbox job after a parcel arrived unpaid, or will not arrive. ``payload`` is {"seller_order": pk}.

    What was collected is counted anew from the parcels, so that running it twice changes nothing.
    """
    parcel = SellerOrder.objects.get(pk=payload["seller_order"])
    order, attempts = lock_attempts(parcel.order_id)
    delivered = order.seller_orders.filter(status=SellerOrder.Status.DELIVERED)
    for attempt in attempts:
        if attempt.is_open and registry.provider(attempt.provider).waits_for_delivery:
            attempt.received = delivered.aggregate(total=Sum(F("total") - F("reduced")))["total"] or 0
            attempt.save(update_fields=["received"])
            for collected in delivered.select_related("partner").order_by("partner_id"):
                cash_collected(collected, attempt)
            if attempt.received and attempt.received >= owed(order):
                attempt.move(Payment.State.CONFIRMED)
