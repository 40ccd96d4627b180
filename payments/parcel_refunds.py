"""Refunds of a paid parcel, whole or in part: never more than was paid for it, above a limit only by two people.

Amounts are whole đồng. Everything that creates one holds the order's row, so two at once take turns and the
second finds what the first has left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.order.models import Line, SellerOrder
from payments.exceptions import NothingPaid, OnePerson, TooMuch
from payments.ledger.giving_back import charge_to_parcel
from payments.ledger.models import Entry
from payments.locks import lock_attempts
from payments.models import Payment, Refund, RefundLine
from payments.refund_limit import needs_approval
from payments.refunds import set_out
from payments.tax.locks import lock_meters

_PAID_BY = (Entry.Kind.ORDER_PAID, Entry.Kind.CASH_COLLECTED)


@dataclass(frozen=True, slots=True)
class Left:
    """What of a parcel's price can still be given back."""

    goods: int
    shipping: int

    @property
    def total(self) -> int:
        return self.goods + self.shipping


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """``amount`` đồng of one line, for so many packs, or grams of one."""

    line: Line
    amount: int
    packs: int = 0
    grams: int = 0


def payment_of(parcel: SellerOrder) -> Payment | None:
    """The attempt that paid for this parcel; None while nothing has."""
    entries = parcel.entries.filter(kind__in=_PAID_BY, reversed_by=None, payment__isnull=False)
    entry = entries.select_related("payment__order").first()
    return entry.payment if entry else None


def left_of(parcel: SellerOrder) -> Left:
    back = Refund.objects.standing().filter(seller_order=parcel)
    sums = back.aggregate(goods=Sum("goods_amount", default=0), shipping=Sum("shipping_amount", default=0))
    return Left(parcel.goods_due - sums["goods"], parcel.shipping_total - sums["shipping"])


def left_of_line(line: Line) -> int:
    """đồng of the line's price that were, or are to be, paid and are not given back line by line."""
    unpaid = line.reductions.filter(was_paid=False).aggregate(total=Sum("amount", default=0))["total"]
    rows = RefundLine.objects.filter(line=line).exclude(refund__state=Refund.State.CANCELLED)
    back = rows.aggregate(total=Sum("amount", default=0))["total"]
    return int(line.line_price_incl_tax) - int(unpaid) - int(back)


@transaction.atomic
def refund_parcel(
    parcel: SellerOrder,
    *,
    kind: Refund.Kind,
    reason: str,
    key: str,
    goods: int,
    shipping: int = 0,
    parts: Sequence[Part] = (),
    by: User | None = None,
) -> Refund:
    """Give back ``goods`` and ``shipping`` đồng of a paid parcel; ``parts`` say of which lines. Once per ``key``.

    ``by`` is the one of the staff who decides it: above the limit, with what staff gave back of the order
    without a second person before, it waits for one. None: it follows from the order itself. Raises NothingPaid,
    or TooMuch.
    """
    lock_attempts(parcel.order_id)
    parcel.refresh_from_db(fields=["reduced"])
    found: Refund | None = Refund.objects.filter(key=key).first()
    if found:
        return found
    payment = payment_of(parcel)
    if payment is None:
        raise NothingPaid(parcel.number)
    _check(parcel, payment, goods, shipping, parts)
    waits = by is not None and needs_approval(parcel.order_id, goods + shipping)
    refund: Refund = Refund.objects.create(
        payment=payment,
        kind=kind,
        seller_order=parcel,
        amount=goods + shipping,
        goods_amount=goods,
        shipping_amount=shipping,
        state=Refund.State.PROPOSED if waits else Refund.State.CREATED,
        reason=reason[:200],
        key=key,
        requested_by=by,
        needs_approval=waits,
    )
    RefundLine.objects.bulk_create(
        RefundLine(refund=refund, line=part.line, packs=part.packs, grams=part.grams, amount=part.amount)
        for part in parts
    )
    if not waits:
        set_out(refund)
    return refund


def _check(parcel: SellerOrder, payment: Payment, goods: int, shipping: int, parts: Sequence[Part]) -> None:
    left = left_of(parcel)
    of_payment = (
        payment.received - payment.refunds.standing().aggregate(total=Sum("amount", default=0))["total"]
    )
    if min(goods, shipping) < 0 or not 0 < goods + shipping <= of_payment:
        raise TooMuch(parcel.number, left.total)
    if goods > left.goods or shipping > left.shipping or sum(part.amount for part in parts) > goods:
        raise TooMuch(parcel.number, left.total)
    for part in parts:
        if not 0 < part.amount <= left_of_line(part.line):
            raise TooMuch(parcel.number, left_of_line(part.line))


@transaction.atomic
def approve_refund(refund: Refund, *, by: User) -> bool:
    """A second person agrees: it is owed and will be sent. False where it no longer waits. Raises OnePerson."""
    lock_attempts(refund.payment.order_id)
    if refund.requested_by_id == by.pk:
        raise OnePerson(refund.key)
    others = Refund.objects.exclude(requested_by=by).filter(state=Refund.State.PROPOSED)
    if not others.move(refund.pk, Refund.State.CREATED, approved_by=by):
        return False
    refund.refresh_from_db()
    set_out(refund)
    return True


@transaction.atomic
def call_off(refund: Refund) -> bool:
    """A proposal is not carried out; anybody may say so. False where it no longer waits."""
    lock_attempts(refund.payment.order_id)
    waiting = Refund.objects.filter(state=Refund.State.PROPOSED)
    return waiting.move(refund.pk, Refund.State.CANCELLED)


@transaction.atomic
def give_back_parcel(payload: dict[str, Any]) -> None:
    """The outbox job after a paid parcel was cancelled: what of it was not given back before.

    ``payload`` is {"seller_order": pk}. Raises NothingPaid.
    """
    parcel = SellerOrder.objects.get(pk=payload["seller_order"])
    order, _attempts = lock_attempts(parcel.order_id)
    lock_meters(order, timezone.localdate())  # before the seller's account, which each gift takes
    for proposed in parcel.refunds.filter(state=Refund.State.PROPOSED):
        call_off(proposed)  # all goes back now
    for gift in parcel.refunds.standing().filter(kind=Refund.Kind.GOODWILL):
        charge_to_parcel(gift, parcel)
    left, key = left_of(parcel), f"parcel:{parcel.pk}"
    if left.total or Refund.objects.filter(key=key).exists():
        reason = _("Parcel %(number)s cancelled") % {"number": parcel.number}
        refund_parcel(
            parcel, kind=Refund.Kind.PARCEL, reason=reason, key=key, goods=left.goods, shipping=left.shipping
        )


def wanting_an_account(order_id: int) -> QuerySet[Refund]:
    """Refunds that only a bank transfer can make, and nobody has said yet to which account."""
    return _without_account(order_id).exclude(state=Refund.State.PROPOSED)


@transaction.atomic
def name_account(order_id: int, *, bank_bin: str, number: str, holder: str) -> int:
    """The buyer says where the money may go; what has an account keeps it. Returns for how many refunds.

    One that a second person has still to approve goes there too, so that the buyer is asked once. Whoever agreed
    to a transfer without an account looks again.
    """
    lock_attempts(order_id)
    account = {"bank_bin": bank_bin, "account": number, "holder": holder}
    return _without_account(order_id).update(**account, released_by=None)


def _without_account(order_id: int) -> QuerySet[Refund]:
    return Refund.objects.to_make_or_approve().filter(payment__order=order_id, account="")
