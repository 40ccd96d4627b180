"""What an order still needs, and what of it carriers have brought. Amounts are đồng."""

from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from marketplace.order.models import Order, SellerOrder
from payments.ledger.postings import cash_collected, unpaid_parcels
from payments.models import Payment
from payments.providers import registry
from payments.tax.locks import lock_meters


def owed(order: Order) -> int:
    """For the parcels that are still to be, or were, delivered."""
    return _sum(order.seller_orders.exclude(status__in=SellerOrder.ENDED))


def due(order: Order) -> int:
    """What of it no carrier has collected: the parcels that the next payment in full would pay for."""
    return _sum(unpaid_parcels(order))


def count_collected(order: Order, attempts: list[Payment]) -> Payment | None:
    """Take in what was paid at the door so far; the caller holds the order's row. Returns the attempt it is for.

    It is counted anew from the parcels, so that doing it twice changes nothing.
    """
    delivered = order.seller_orders.filter(status=SellerOrder.Status.DELIVERED)
    for attempt in attempts:
        if attempt.is_open and registry.provider(attempt.provider).waits_for_delivery:
            attempt.received = _sum(delivered)
            attempt.save(update_fields=["received"])
            lock_meters(order, timezone.localdate())
            for parcel in delivered.select_related("partner").order_by("partner_id"):
                cash_collected(parcel, attempt)
            return attempt
    return None


def _sum(parcels: QuerySet[SellerOrder]) -> int:
    return parcels.aggregate(total=Sum(F("total") - F("reduced")))["total"] or 0
