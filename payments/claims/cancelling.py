"""The buyer asks to take back a parcel that is being packed; the farm answers, and staff where it does not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.order.models import SellerOrder
from marketplace.order.services import move
from payments.claims import notices
from payments.claims.exceptions import NotNow
from payments.claims.models import CancellationRequest
from payments.locks import lock_attempts

ANSWER_WITHIN = timedelta(hours=12)
"""A choice of the market: fresh goods are packed within a day."""
State = CancellationRequest.State


@transaction.atomic
def ask(parcel: SellerOrder, *, reason: str, now: datetime) -> CancellationRequest:
    """Once per parcel while it waits: asking again returns the same. Raises NotNow unless it is being packed."""
    lock_attempts(parcel.order_id)
    parcel.refresh_from_db(fields=["status"])
    if parcel.status != SellerOrder.Status.PACKING:
        raise NotNow(parcel.number)
    request, created = CancellationRequest.objects.open().get_or_create(
        seller_order=parcel,
        defaults={"state": State.ASKED, "reason": reason, "asked_at": now, "answer_by": now + ANSWER_WITHIN},
    )
    if created:
        notices.cancellation_asked(request)
    found: CancellationRequest = request
    return found


def answer(
    request: CancellationRequest,
    *,
    agree: bool,
    words: str,
    by: User,
    now: datetime,
    noted: Callable[[], object] = lambda: None,
) -> CancellationRequest:
    """The farm, or one of the staff, answers; agreed, the parcel is cancelled and its money goes back.

    ``noted`` is done in the same transaction. Raises NotNow where it was answered before or the parcel has left
    meanwhile; that is kept on the request.
    """
    with transaction.atomic():
        done = _answer(request, agree=agree, words=words, by=by, now=now)
        if done:
            noted()
    request.refresh_from_db()
    if not done:
        raise NotNow(str(request))
    return request


def _answer(request: CancellationRequest, *, agree: bool, words: str, by: User, now: datetime) -> bool:
    parcel = SellerOrder.objects.select_related("order", "partner").get(pk=request.seller_order_id)
    lock_attempts(parcel.order_id)
    parcel.refresh_from_db(fields=["status"])
    if parcel.status != SellerOrder.Status.PACKING:
        CancellationRequest.objects.move(request.pk, State.OVERTAKEN)
        return False
    said: dict[str, Any] = {"answered_by": by, "answered_at": now, "answer": words}
    if not CancellationRequest.objects.move(request.pk, State.AGREED if agree else State.REFUSED, **said):
        return False
    if agree:
        note = _("The buyer took it back: %(reason)s") % {"reason": request.reason or "—"}
        move(parcel, SellerOrder.Status.CANCELLED, actor=by, note=note[:200], buyers_wish=True)
    else:
        notices.cancellation_refused(request, words)
    return True


def open_request(parcel: SellerOrder) -> CancellationRequest | None:
    """What waits for an answer; None once the parcel has gone on."""
    if parcel.status != SellerOrder.Status.PACKING:
        return None
    found: CancellationRequest | None = parcel.cancellation_requests.filter(state=State.ASKED).first()
    return found


def unanswered(now: datetime) -> Any:
    """Those that the farm left without an answer: staff take over."""
    rows = CancellationRequest.objects.open().select_related("seller_order__order", "seller_order__partner")
    return rows.filter(answer_by__lte=now, seller_order__status=SellerOrder.Status.PACKING)
