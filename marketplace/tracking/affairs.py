"""What is open between buyer and farm about a parcel: less that comes, a request, a claim, money that goes back."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from marketplace.order.models import Reduction, SellerOrder
from payments.claims.cancelling import open_request
from payments.claims.models import CancellationRequest, Claim
from payments.claims.services import claim_until
from payments.models import Refund


@dataclass(frozen=True, kw_only=True, slots=True)
class Affairs:
    request: CancellationRequest | None = None
    claim: Claim | None = None
    #: None: it cannot be claimed for, or no longer
    claim_until: datetime | None = None
    reductions: tuple[Reduction, ...] = ()


def affairs_of(parcel: SellerOrder) -> Affairs:
    """Reads `parcel.lines` and their reductions (prefetch them); asks for no more than its status needs."""
    reductions = tuple(row for line in parcel.lines.all() for row in line.reductions.all())
    if parcel.status != SellerOrder.Status.DELIVERED:
        return Affairs(request=open_request(parcel), reductions=reductions)
    claim = parcel.claims.exclude(state=Claim.State.WITHDRAWN).first()
    until = None if claim else claim_until(parcel, timezone.now())
    return Affairs(claim=claim, claim_until=until, reductions=reductions)


def refunds_of(order_id: int) -> QuerySet[Refund]:
    """All that goes, or went, back of the order, oldest first."""
    hidden = (Refund.State.CANCELLED, Refund.State.PROPOSED)
    return Refund.objects.filter(payment__order=order_id).exclude(state__in=hidden).order_by("pk")
