"""What market and state get of a sold parcel, and what they give back of a refunded one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.order.models import SellerOrder
from payments.commission import services as commission
from payments.ledger.accounts import of_market, seller_payable
from payments.ledger.debts import end_debt
from payments.ledger.models import Account, Entry
from payments.ledger.posting import Leg, post
from payments.tax import services as tax

if TYPE_CHECKING:
    from payments.models import Refund

Kind = Account.Kind


def earn(parcel: SellerOrder, *, occurred_at: datetime) -> None:
    """The parcel is sold and paid: keep commission and withheld tax from its goods. Once; rates stay as they were."""
    kept = commission.earn(parcel, occurred_at=occurred_at)
    withheld = tax.withhold(parcel, occurred_at=occurred_at)
    _keep(parcel, Entry.Kind.COMMISSION, kept.amount, occurred_at)
    _keep(parcel, Entry.Kind.WITHHELD_TAX, withheld.total if withheld else 0, occurred_at)
    end_debt(seller_payable(parcel.partner))


def give_back(parcel: SellerOrder, refund: Refund, *, goods: int, occurred_at: datetime) -> None:
    """``goods`` đồng of the parcel's goods go back to the buyer: their share of commission and tax to the seller."""
    kept = commission.give_back(parcel, goods=goods, refund_pk=refund.pk, occurred_at=occurred_at)
    withheld = tax.give_back(parcel, goods=goods, refund_pk=refund.pk, occurred_at=occurred_at)
    _return(parcel, refund, Entry.Kind.COMMISSION_BACK, -kept.amount if kept else 0, occurred_at)
    _return(parcel, refund, Entry.Kind.TAX_BACK, -withheld.total if withheld else 0, occurred_at)


#: whose the money is that an entry of the kind moves
_EARNER = {
    Entry.Kind.COMMISSION: Kind.COMMISSION_INCOME,
    Entry.Kind.COMMISSION_BACK: Kind.COMMISSION_INCOME,
    Entry.Kind.WITHHELD_TAX: Kind.WITHHELD_TAX,
    Entry.Kind.TAX_BACK: Kind.WITHHELD_TAX,
}


def _keep(parcel: SellerOrder, kind: Entry.Kind, amount: int, at: datetime) -> None:
    if amount:
        post(
            key=f"{kind}:{parcel.pk}",
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
