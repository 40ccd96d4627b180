"""Refunds in the books: owed, sent, come back, or not made after all. Part of the caller's transaction, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from marketplace.order.models import SellerOrder
from payments.ledger.accounts import clearing, of_market, seller_payable
from payments.ledger.debts import note_debt
from payments.ledger.earnings import give_back
from payments.ledger.models import Account, Entry
from payments.ledger.posting import Leg, post, reverse

if TYPE_CHECKING:
    from payments.models import Refund

Kind = Account.Kind


def refund_owed(refund: Refund, parcel: SellerOrder | None = None, *, shipping: int = 0) -> Entry:
    """The refund's amount belongs to the buyer again.

    Without ``parcel`` it is what was paid too much, twice or too late. Else it comes out of that paid parcel:
    ``shipping`` đồng from whoever the charge was passed on to, the rest from the seller's goods, whose share of
    commission and withheld tax goes back to the seller. The seller may owe us afterwards.
    """
    if parcel is None:
        return _owed(refund, [Leg(of_market(Kind.BUYER_CREDIT), refund.amount)], key=f"refund:{refund.pk}")
    return _owed_by_parcel(refund, parcel, shipping, key=f"refund:{refund.pk}")


def charge_to_parcel(refund: Refund, parcel: SellerOrder) -> None:
    """The market's gift becomes the seller's own refund: the sale it was given for is undone. Once per refund."""
    gift = refund.entries.filter(kind=Entry.Kind.REFUND_OWED, seller_order=None, reversed_by=None).first()
    if gift is not None:
        reverse(gift, key=f"charged:{gift.key}", memo=f"{parcel.number} cancelled")
        _owed_by_parcel(refund, parcel, refund.shipping_amount, key=f"charged:{refund.pk}")


def _owed_by_parcel(refund: Refund, parcel: SellerOrder, shipping: int, *, key: str) -> Entry:
    goods = refund.amount - shipping
    passed_on = parcel.entries.filter(kind=Entry.Kind.SHIPPING_DUE, reversed_by=None).exists()
    seller = seller_payable(parcel.partner)
    carrier = seller if passed_on else of_market(Kind.SHIPPING_PAYABLE)
    entry = _owed(refund, [Leg(seller, goods), Leg(carrier, shipping)], parcel, key=key)
    at = entry.occurred_at
    give_back(parcel, refund, goods=goods, from_carrier=not passed_on, occurred_at=at)
    note_debt(seller)
    return entry


def goodwill_refund_owed(refund: Refund) -> Entry:
    """The market gives the buyer something of its own."""
    income = of_market(Kind.COMMISSION_INCOME)
    return _owed(refund, [Leg(income, refund.amount)], key=f"refund:{refund.pk}")


def refund_sent(refund: Refund, *, number: str, by_bank: bool) -> Entry:
    """It has left: by the rail it came by, or by a transfer from our bank account. ``number`` is theirs of it."""
    source = of_market(Kind.BANK) if by_bank else clearing(refund.payment.provider)
    return post(
        key=_sent(refund),
        kind=Entry.Kind.REFUND_SENT,
        occurred_at=timezone.now(),
        lines=[Leg(of_market(Kind.REFUNDS_PAYABLE), refund.amount), Leg(source, -refund.amount)],
        refund=refund,
        payment_id=refund.payment_id,
        order_id=refund.payment.order_id,
        memo=number,
    )


def refund_returned(refund: Refund, *, reason: str) -> Entry:
    """This sending of it came back to where it left from: it is owed again."""
    sent = Entry.objects.get(key=_sent(refund))
    return reverse(sent, key=f"refund_returned:{refund.sending}", memo=reason)


def refund_cancelled(refund: Refund) -> None:
    """Money that came too much, or for nothing, is needed after all: all that was booked for it is taken back."""
    for entry in refund.entries.filter(reverses=None, reversed_by=None).order_by("pk"):
        reverse(entry, key=f"cancelled:{entry.key}", memo=f"refund {refund.pk} cancelled")


def _sent(refund: Refund) -> str:
    return f"refund_sent:{refund.sending}"


def _owed(refund: Refund, sources: list[Leg], parcel: SellerOrder | None = None, *, key: str) -> Entry:
    return post(
        key=key,
        kind=Entry.Kind.REFUND_OWED,
        occurred_at=timezone.now(),
        lines=[*sources, Leg(of_market(Kind.REFUNDS_PAYABLE), -refund.amount)],
        refund=refund,
        payment_id=refund.payment_id,
        order_id=refund.payment.order_id,
        seller_order=parcel,
    )
