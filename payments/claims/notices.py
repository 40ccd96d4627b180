"""Who hears what of requests and claims; queued in the caller's transaction, once per event."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from catalogue.money import dong
from marketplace.messaging.services import tell
from marketplace.order.models import SellerOrder
from marketplace.order.notices import write_of_parcel, write_to_seller
from payments.claims.models import CancellationRequest, Claim
from payments.claims.windows import window_of


def cancellation_asked(request: CancellationRequest) -> None:
    facts = {"reason": request.reason, "until": _moment(request.answer_by)}
    write_to_seller("seller_cancellation_asked", request.seller_order, facts, once=request.pk)


def cancellation_refused(request: CancellationRequest, words: str) -> None:
    _tell_buyer("cancellation_refused", request.seller_order, {"words": words}, once=request.pk)


def claim_made(claim: Claim) -> None:
    facts = {"words": claim.words, "wanted": dong(claim.wanted), "until": _moment(claim.answer_by)}
    write_to_seller("seller_claim_made", claim.seller_order, facts, once=claim.pk)
    _tell_desk(claim, facts)


def claim_answered(claim: Claim) -> None:
    _tell_buyer("claim_answered", claim.seller_order, {"words": claim.seller_words}, once=claim.pk)


def claim_withdrawn(claim: Claim) -> None:
    write_to_seller("seller_claim_withdrawn", claim.seller_order, {}, once=claim.pk)


def claim_decided(claim: Claim) -> None:
    back = dong(claim.refund.amount) if claim.refund else ""
    facts = {"decision": claim.decision, "back": back}
    _tell_buyer("claim_decided", claim.seller_order, facts, once=claim.pk)
    write_to_seller("seller_claim_decided", claim.seller_order, facts, once=claim.pk)


def parcel_delivered(payload: dict[str, Any]) -> None:
    """The outbox job, done in its transaction: ``payload`` is {"seller_order": pk}. Says until when one can claim."""
    parcel = SellerOrder.objects.select_related("order", "partner").get(pk=payload["seller_order"])
    window = window_of(parcel)
    until = _moment(window.closes_at) if window and timezone.now() < window.closes_at else ""
    _tell_buyer("parcel_delivered", parcel, {"until": until}, once=parcel.pk)


def _tell_buyer(kind: str, parcel: SellerOrder, facts: dict[str, Any], *, once: int) -> None:
    write_of_parcel(kind, parcel.order, parcel, facts, once=once)


def _tell_desk(claim: Claim, facts: dict[str, Any]) -> None:
    url = settings.SITE_URL + reverse("desk:claim", args=[claim.pk])
    known = {"seller": claim.seller_order.partner.name, "number": claim.seller_order.number, "url": url}
    tell("claim_to_decide", key=f"claim:{claim.pk}", email=settings.MONEY_DESK_EMAIL, context=known | facts)


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "H:i d/m")
