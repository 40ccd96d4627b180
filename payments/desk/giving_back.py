"""Refunds, claims and requests to cancel at the desk: each act with its line in the diary, in one transaction."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.images.models import MarketImage
from marketplace.order.exceptions import IllegalMove
from marketplace.order.models import SellerOrder
from marketplace.order.notices import tell_seller_of_return
from marketplace.order.services import come_back, move, refuse_at_door
from payments import parcel_refunds
from payments.claims import cancelling, services
from payments.claims.models import CancellationRequest, Claim
from payments.desk.exceptions import AboveLimit, AlreadyDecided, SentBefore
from payments.desk.journal import Kind, record
from payments.desk.models import DeskAction
from payments.locks import lock_attempts
from payments.models import Refund
from payments.parcel_refunds import Part, left_of
from payments.refund_limit import needs_approval


@transaction.atomic
def refund(
    parcel: SellerOrder,
    *,
    goods: int,
    shipping: int,
    parts: Sequence[Part],
    everything: bool,
    from_market: bool,
    reason: str,
    token: UUID,
    by: User,
) -> Refund:
    """Give back part or all of a parcel; ``token`` is the form's, sent twice it is one refund.

    ``everything``: all that can still go back, whatever the amounts say. ``from_market``: out of the market's own
    money. Raises NothingPaid, SentBefore, TooMuch.
    """
    key = f"desk:{token}"
    _refuse_again(parcel, key)
    if everything:
        goods, shipping, parts = *_rest_of(parcel), ()
    made = parcel_refunds.refund_parcel(
        parcel,
        kind=Refund.Kind.GOODWILL if from_market else Refund.Kind.LINE,
        reason=reason,
        key=key,
        goods=goods,
        shipping=shipping,
        parts=parts,
        by=by,
    )
    _record(Kind.REFUND_DECIDED, made, note=reason, by=by)
    return made


def _refuse_again(parcel: SellerOrder, key: str) -> None:
    """Holds the order's row until the transaction ends: nobody else gives back any of it. Raises SentBefore."""
    lock_attempts(parcel.order_id)
    if before := Refund.objects.filter(key=key).first():
        raise SentBefore(before.amount)


def _rest_of(parcel: SellerOrder) -> tuple[int, int]:
    """đồng of goods and of shipping; the caller holds the order's row."""
    parcel.refresh_from_db(fields=["reduced"])
    left = left_of(parcel)
    return left.goods, left.shipping


@transaction.atomic
def cancel(parcel: SellerOrder, *, reason: str, by: User) -> None:
    """The buyer called, and wants a parcel no more that has not left: the farm hears of it, all of it goes back.

    Raises AlreadyDecided.
    """
    try:
        move(parcel, SellerOrder.Status.CANCELLED, actor=by, note=reason, buyers_wish=True)
    except IllegalMove as late:
        raise AlreadyDecided(parcel.number) from late
    record(Kind.PARCEL_CANCELLED, by=by, subject=parcel.number, note=reason, order=parcel.order)


@transaction.atomic
def note_return(parcel: SellerOrder, *, reason: str, by: User) -> None:
    """A parcel that was on its way came back, or nobody took it at the door; the farm hears of it.

    What was paid for it goes back, and the market has one person's word for it: above the limit the farm says so
    itself, or two people give the money back first. Raises AboveLimit, AlreadyDecided.
    """
    order, _attempts = lock_attempts(parcel.order_id)
    is_paid = order.paid_at is not None
    back = _would_go_back(parcel) if is_paid else 0
    noted = DeskAction.objects.filter(order=order, kind=Kind.PARCEL_CAME_BACK)
    so_far = noted.aggregate(total=Sum("amount", default=0))["total"]
    if back and needs_approval(order.pk, so_far + back):
        raise AboveLimit(parcel.number)
    try:
        if is_paid:
            come_back(parcel, actor=by, reason=reason)
        else:
            refuse_at_door(parcel, actor=by, reason=reason)
    except IllegalMove as late:
        raise AlreadyDecided(parcel.number) from late
    tell_seller_of_return(parcel)
    record(Kind.PARCEL_CAME_BACK, by=by, subject=parcel.number, note=reason, amount=back, order=order)


def _would_go_back(parcel: SellerOrder) -> int:
    """đồng; what one person proposed and nobody has approved is not given back yet, and falls into it."""
    proposed = parcel.refunds.filter(state=Refund.State.PROPOSED)
    return left_of(parcel).total + int(proposed.aggregate(total=Sum("amount", default=0))["total"])


@transaction.atomic
def approve(refund: Refund, *, by: User) -> None:
    """Raises AlreadyDecided, or OnePerson."""
    if not parcel_refunds.approve_refund(refund, by=by):
        raise AlreadyDecided(str(refund))
    services.refund_settled(refund, approved=True)
    _record(Kind.REFUND_APPROVED, refund, note=refund.reason, by=by)


@transaction.atomic
def call_off(refund: Refund, *, by: User) -> None:
    """Raises AlreadyDecided."""
    if not parcel_refunds.call_off(refund):
        raise AlreadyDecided(str(refund))
    services.refund_settled(refund, approved=False)
    _record(Kind.REFUND_CALLED_OFF, refund, note=refund.reason, by=by)


@transaction.atomic
def write_claim(
    parcel: SellerOrder, *, words: str, wanted: int, photos: Sequence[MarketImage], by: User
) -> Claim:
    """What a buyer says on the phone, as if he had claimed himself; ``wanted`` đồng.

    Raises claims' NotNow, or TooMuch.
    """
    made = services.make_claim(parcel, words=words, wanted=wanted, photos=photos, now=timezone.now())
    record(Kind.CLAIM_WRITTEN, by=by, subject=parcel.number, note=words, amount=wanted, order=parcel.order)
    return made


@transaction.atomic
def grant(claim: Claim, *, goods: int, shipping: int, words: str, by: User) -> Refund:
    """Raises claims' NotNow, or TooMuch."""
    made = services.grant_claim(claim, goods=goods, shipping=shipping, words=words, by=by, now=timezone.now())
    _record(Kind.CLAIM_GRANTED, made, note=words, by=by)
    return made


@transaction.atomic
def refuse(claim: Claim, *, words: str, by: User) -> None:
    """Raises claims' NotNow."""
    services.refuse_claim(claim, words=words, by=by, now=timezone.now())
    parcel = claim.seller_order
    record(Kind.CLAIM_REFUSED, by=by, subject=parcel.number, note=words, order=parcel.order)


def answer_cancellation(request: CancellationRequest, *, agree: bool, words: str, by: User) -> None:
    """Raises claims' NotNow, which is noted on the request all the same."""
    parcel = request.seller_order

    def note() -> None:
        record(Kind.CANCELLATION_ANSWERED, by=by, subject=parcel.number, note=words, order=parcel.order)

    cancelling.answer(request, agree=agree, words=words, by=by, now=timezone.now(), noted=note)


def _record(kind: Kind, refund: Refund, *, note: str, by: User) -> None:
    parcel = refund.seller_order
    subject = parcel.number if parcel else refund.payment.reference
    record(kind, by=by, subject=subject, note=note, amount=refund.amount, order=refund.payment.order)
