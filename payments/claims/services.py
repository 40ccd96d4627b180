"""Claims for goods that came spoiled, short or wrong: made, answered, decided by a person. Amounts are đồng."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.images.models import MarketImage
from marketplace.order.models import SellerOrder
from payments.claims import notices
from payments.claims.exceptions import NotNow
from payments.claims.models import Claim, ClaimPhoto
from payments.claims.windows import closing, window_of
from payments.exceptions import TooMuch
from payments.locks import lock_attempts
from payments.models import Refund
from payments.parcel_refunds import left_of, payment_of, refund_parcel

State = Claim.State
MOST_PHOTOS = 5


def claim_until(parcel: SellerOrder, now: datetime) -> datetime | None:
    """When the time to claim ends, for a parcel that can be claimed for now; None for any other.

    It is delivered and paid, not claimed for before, and something of it can still be given back.
    """
    window = window_of(parcel)
    if window is None or now >= window.closes_at or payment_of(parcel) is None:
        return None
    if not left_of(parcel).total or parcel.claims.exclude(state=State.WITHDRAWN).exists():
        return None
    return window.closes_at


def may_claim(parcel: SellerOrder, now: datetime) -> bool:
    return claim_until(parcel, now) is not None


@transaction.atomic
def make_claim(
    parcel: SellerOrder, *, words: str, wanted: int, photos: Sequence[MarketImage], now: datetime
) -> Claim:
    """The parcel's payout waits from now on. Raises NotNow, or TooMuch where more is wanted than was paid."""
    lock_attempts(parcel.order_id)
    window = window_of(parcel)
    if window is None or not may_claim(parcel, now):
        raise NotNow(parcel.number)
    left = left_of(parcel).total
    if not 0 < wanted <= left:
        raise TooMuch(parcel.number, left)
    claim: Claim = Claim.objects.create(
        seller_order=parcel,
        words=words,
        wanted=wanted,
        made_at=now,
        answer_by=now + timedelta(hours=window.answer_hours),
        decide_by=now + timedelta(hours=window.decide_hours),
    )
    ClaimPhoto.objects.bulk_create(ClaimPhoto(claim=claim, image=image) for image in photos[:MOST_PHOTOS])
    notices.claim_made(claim)
    return claim


@transaction.atomic
def answer_claim(claim: Claim, *, agrees: bool, words: str, now: datetime) -> None:
    """The farm says its word, once and in its time. Raises NotNow."""
    in_time = Claim.objects.filter(answer_by__gt=now, state=State.MADE)
    if not in_time.move(claim.pk, State.ANSWERED, seller_agrees=agrees, seller_words=words, answered_at=now):
        raise NotNow(str(claim))
    claim.refresh_from_db()
    notices.claim_answered(claim)


@transaction.atomic
def withdraw_claim(claim: Claim) -> None:
    """The buyer takes it back. Raises NotNow once it is decided."""
    if not Claim.objects.move(claim.pk, State.WITHDRAWN):
        raise NotNow(str(claim))
    claim.refresh_from_db()
    notices.claim_withdrawn(claim)


@transaction.atomic
def grant_claim(
    claim: Claim, *, goods: int, shipping: int = 0, words: str, by: User, now: datetime
) -> Refund:
    """One of the staff gives back all or part; above the limit a second one has to agree to the refund.

    Raises NotNow where it was decided before or the farm may still answer, TooMuch.
    """
    parcel = claim.seller_order
    _lock_to_decide(claim, now)
    refund = refund_parcel(
        parcel,
        kind=Refund.Kind.CLAIM,
        reason=words,
        key=f"claim:{claim.pk}:{parcel.refunds.count()}",
        goods=goods,
        shipping=shipping,
        by=by,
    )
    decided = {"decided_by": by, "decided_at": now, "decision": words, "refund": refund}
    if not Claim.objects.move(claim.pk, State.GRANTED, **decided):
        raise NotNow(str(claim))
    claim.refresh_from_db()
    if refund.state != Refund.State.PROPOSED:
        notices.claim_decided(claim)
    return refund


@transaction.atomic
def refuse_claim(claim: Claim, *, words: str, by: User, now: datetime) -> None:
    """Nothing goes back, and ``words`` say why. Raises NotNow where it was decided before or the farm may answer."""
    _lock_to_decide(claim, now)
    if not Claim.objects.move(claim.pk, State.REFUSED, decided_by=by, decided_at=now, decision=words):
        raise NotNow(str(claim))
    claim.refresh_from_db()
    notices.claim_decided(claim)


def _lock_to_decide(claim: Claim, now: datetime) -> None:
    lock_attempts(claim.seller_order.order_id)
    claim.refresh_from_db(fields=["state"])
    if not claim.may_be_decided(now):
        raise NotNow(str(claim))


def refund_settled(refund: Refund, *, approved: bool) -> None:
    """What the second person said of a claim's refund; part of the caller's transaction.

    Not approved, the claim is open again, for another decision.
    """
    claim = Claim.objects.filter(refund=refund, state=State.GRANTED).first()
    if claim is None:
        return
    if approved:
        notices.claim_decided(claim)
    else:
        Claim.objects.move(
            claim.pk, State.ANSWERED, refund=None, decided_by=None, decided_at=None, decision=""
        )


def waiting(parcels: set[int], now: datetime) -> dict[int, datetime | None]:
    """Those whose payout has to wait, whatever the hold says, and until when.

    A claim can still be made until then; None: it is open, or its refund waits for a second person.
    """
    claims = Claim.objects.filter(seller_order__in=parcels)
    open_ = claims.open().values_list("seller_order", flat=True)
    made = claims.exclude(state=Claim.State.WITHDRAWN).values_list("seller_order", flat=True)
    proposed = Refund.objects.filter(seller_order__in=parcels, state=Refund.State.PROPOSED)
    undecided = {*open_, *proposed.values_list("seller_order", flat=True)}
    return closing(parcels - set(made), now) | dict.fromkeys(undecided)
