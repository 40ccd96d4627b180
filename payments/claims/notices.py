"""Who hears what of requests and claims; queued in the caller's transaction, once per event."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from catalogue.templatetags.money import dong
from marketplace.messaging.services import tell
from marketplace.order.links import order_link
from marketplace.order.models import SellerOrder
from payments.claims.models import CancellationRequest, Claim


def cancellation_asked(request: CancellationRequest) -> None:
    facts = {"reason": request.reason, "until": _moment(request.answer_by)}
    _tell_seller("seller_cancellation_asked", request.pk, request.seller_order, facts)


def cancellation_refused(request: CancellationRequest, words: str) -> None:
    _tell_buyer("cancellation_refused", request.pk, request.seller_order, {"words": words})


def claim_made(claim: Claim) -> None:
    facts = {"words": claim.words, "wanted": dong(claim.wanted), "until": _moment(claim.answer_by)}
    _tell_seller("seller_claim_made", claim.pk, claim.seller_order, facts)
    _tell_desk(claim, facts)


def claim_answered(claim: Claim) -> None:
    _tell_buyer("claim_answered", claim.pk, claim.seller_order, {"words": claim.seller_words})


def claim_withdrawn(claim: Claim) -> None:
    _tell_seller("seller_claim_withdrawn", claim.pk, claim.seller_order, {})


def claim_decided(claim: Claim) -> None:
    back = dong(claim.refund.amount) if claim.refund else ""
    facts = {"decision": claim.decision, "back": back}
    _tell_buyer("claim_decided", claim.pk, claim.seller_order, facts)
    _tell_seller("seller_claim_decided", claim.pk, claim.seller_order, facts)


def _tell_buyer(kind: str, pk: int, parcel: SellerOrder, facts: dict[str, Any]) -> None:
    order = parcel.order
    known = {"seller": parcel.partner.name, "number": parcel.number, "url": order_link(order)}
    tell(kind, key=f"{kind}:{pk}", phone=order.phone, email=order.guest_email, context=known | facts)


def _tell_seller(kind: str, pk: int, parcel: SellerOrder, facts: dict[str, Any]) -> None:
    if parcel.partner.phone:
        url = settings.SITE_URL + reverse("workspace:order", args=[parcel.number])
        known = {"number": parcel.number, "url": url}
        tell(kind, key=f"{kind}:{pk}", phone=parcel.partner.phone, context=known | facts)


def _tell_desk(claim: Claim, facts: dict[str, Any]) -> None:
    url = settings.SITE_URL + reverse("desk:claim", args=[claim.pk])
    known = {"seller": claim.seller_order.partner.name, "number": claim.seller_order.number, "url": url}
    tell("claim_to_decide", key=f"claim:{claim.pk}", email=settings.MONEY_DESK_EMAIL, context=known | facts)


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "H:i d/m")
