"""What market and state get of a sold parcel, and what they give back of a refunded one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from marketplace.order.models import SellerOrder
from payments.commission import services as commission
from payments.ledger.accounts import of_market, seller_payable
from payments.ledger.debts import end_debt, note_debt
from payments.ledger.models import Account, Entry
from payments.ledger.posting import Leg, post
from payments.tax import services as tax
from payments.tax.giving_back import Returned
from payments.tax.giving_back import give_back as give_back_tax
from payments.tax.models import Withheld, WithholdingRule

if TYPE_CHECKING:
    from payments.models import Refund

Kind, CashMoment = Account.Kind, WithholdingRule.CashMoment


def earn(parcel: SellerOrder, *, occurred_at: datetime, in_cash: bool = False) -> None:
    """The parcel is sold and paid: keep commission and withheld tax from its goods. Once; rates stay as they were.

    Of cash that a carrier took the tax may wait until it is handed over (earn_handed_over), or cash is not taxed.
    """
    kept = commission.earn(parcel, occurred_at=occurred_at)
    _keep(parcel, Entry.Kind.COMMISSION, kept.amount, occurred_at, key=f"commission:{parcel.pk}")
    withheld = None
    if not in_cash or _moment_of_cash(parcel, occurred_at) == CashMoment.COLLECTED:
        withheld = tax.withhold(parcel, occurred_at=occurred_at)
        _book(withheld)
    taken = kept.amount + (withheld.total if withheld else 0)
    (note_debt if taken > parcel.goods_due else end_debt)(seller_payable(parcel.partner))


def earn_shipping(parcel: SellerOrder, *, charge: int, occurred_at: datetime) -> None:
    """``charge`` đồng of the parcel's shipping were passed on to its seller: keep withheld tax from it. Once."""
    _book(tax.withhold_shipping(parcel, charge=charge, occurred_at=occurred_at))


def earn_handed_over(parcel: SellerOrder, *, occurred_at: datetime) -> None:
    """The carrier has handed over the cash that it took: keep the tax that waited for it, less what went back.

    Once; nothing happens where no tax waited.
    """
    taken = parcel.entries.filter(kind=Entry.Kind.CASH_COLLECTED).first()
    if taken is None or _moment_of_cash(parcel, taken.occurred_at) != CashMoment.REMITTED:
        return
    _book(tax.withhold(parcel, occurred_at=occurred_at))
    passed_on = parcel.entries.filter(kind=Entry.Kind.SHIPPING_DUE, reversed_by=None).first()
    if passed_on is not None:
        charge = passed_on.lines.get(amount__gt=0).amount
        earn_shipping(parcel, charge=charge, occurred_at=occurred_at)
    _give_back_tax_so_far(parcel, from_carrier=passed_on is None, occurred_at=occurred_at)
    note_debt(seller_payable(parcel.partner))  # the rest may have been paid out meanwhile


def _moment_of_cash(parcel: SellerOrder, taken_at: datetime) -> str:
    return tax.moment_of_cash(parcel, timezone.localdate(taken_at))


def _give_back_tax_so_far(parcel: SellerOrder, *, from_carrier: bool, occurred_at: datetime) -> None:
    owed = parcel.entries.filter(kind=Entry.Kind.REFUND_OWED, reversed_by=None, refund__isnull=False)
    for entry in owed.select_related("refund").order_by("pk"):
        refund = entry.refund
        assert refund is not None  # by the filter
        goods = refund.goods_amount
        _give_back_tax(parcel, refund, goods=goods, from_carrier=from_carrier, occurred_at=occurred_at)


def give_back(
    parcel: SellerOrder, refund: Refund, *, goods: int, from_carrier: bool, occurred_at: datetime
) -> None:
    """``goods`` đồng of the parcel's goods go back to the buyer: their share of commission and tax to the seller.

    ``from_carrier``: the refund's shipping does not come out of the seller's pocket.
    """
    kept = commission.give_back(parcel, goods=goods, refund_pk=refund.pk, occurred_at=occurred_at)
    _return(parcel, refund, Entry.Kind.COMMISSION_BACK, -kept.amount if kept else 0, occurred_at)
    _give_back_tax(parcel, refund, goods=goods, from_carrier=from_carrier, occurred_at=occurred_at)


def _give_back_tax(
    parcel: SellerOrder, refund: Refund, *, goods: int, from_carrier: bool, occurred_at: datetime
) -> None:
    by_kind = {True: 0, False: 0}
    for part in refund.lines.select_related("line"):
        by_kind[part.line.is_own_raw_produce] += part.amount
    returned = Returned(
        goods=goods,
        shipping=0 if from_carrier else refund.amount - goods,
        raw=by_kind[True],
        other=by_kind[False],
    )
    rows = give_back_tax(parcel, returned, refund_pk=refund.pk, occurred_at=occurred_at)
    _return(parcel, refund, Entry.Kind.TAX_BACK, -sum(row.total for row in rows), occurred_at)
    for row in rows:
        _book_brought(row)


#: whose the money is that an entry of the kind moves
_EARNER = {
    Entry.Kind.COMMISSION: Kind.COMMISSION_INCOME,
    Entry.Kind.COMMISSION_BACK: Kind.COMMISSION_INCOME,
    Entry.Kind.WITHHELD_TAX: Kind.WITHHELD_TAX,
    Entry.Kind.TAX_BACK: Kind.WITHHELD_TAX,
}


def _book(withheld: Withheld | None) -> None:
    """What was kept back of a sale, and of earlier ones with it: that can be more than the sale brings."""
    if withheld is None:
        return
    kind = Entry.Kind.WITHHELD_TAX
    _keep(withheld.seller_order, kind, withheld.total, withheld.occurred_at, key=f"{kind}:{withheld.key}")
    _book_brought(withheld)


def _book_brought(withheld: Withheld) -> None:
    """What a sale or a refund changed of other sales of the seller, by the yearly limit.

    Booked with the parcel that brought it: nobody else writes entries of a parcel whose order we have not locked.
    """
    brought = list(withheld.brought.all())
    total = sum(row.total for row in brought)
    kind = Entry.Kind.WITHHELD_TAX if total > 0 else Entry.Kind.TAX_BACK
    _keep(withheld.seller_order, kind, total, withheld.occurred_at, key=f"{kind}:brought:{withheld.key}")
    if brought:
        note_debt(seller_payable(withheld.partner))


def _keep(parcel: SellerOrder, kind: Entry.Kind, amount: int, at: datetime, *, key: str) -> None:
    if amount:
        post(
            key=key,
            kind=kind,
            occurred_at=at,
            lines=[Leg(seller_payable(parcel.partner), amount), Leg(of_market(_EARNER[kind]), -amount)],
            order_id=parcel.order_id,
            seller_order=parcel,
        )


def _return(parcel: SellerOrder, refund: Refund, kind: Entry.Kind, amount: int, at: datetime) -> None:
    if amount:
        post(
            key=f"{kind}:{refund.pk}",
            kind=kind,
            occurred_at=at,
            lines=[Leg(of_market(_EARNER[kind]), amount), Leg(seller_payable(parcel.partner), -amount)],
            order_id=parcel.order_id,
            seller_order=parcel,
            refund=refund,
        )
