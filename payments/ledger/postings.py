"""What every event of money means in the books: one function per event, called where it happens and nowhere else.

All are part of the caller's transaction, which holds the order's row, and keyed so that twice is once. Amounts are
whole đồng.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.order.models import Order, SellerOrder
from payments.commission.services import seller_pays_carrier
from payments.ledger.accounts import cash_in_transit, clearing, of_market, seller_payable
from payments.ledger.earnings import earn
from payments.ledger.exceptions import OnePersonOnly
from payments.ledger.models import Account, Entry
from payments.ledger.posting import Leg, post

if TYPE_CHECKING:
    from payments.models import Payment

_ENDED = (SellerOrder.Status.CANCELLED, SellerOrder.Status.EXPIRED)
_LEFT = (SellerOrder.Status.HANDED_OVER, SellerOrder.Status.DELIVERED)
Kind = Account.Kind


def money_received(
    payment: Payment | None, *, rail: str, amount: int, key: str, occurred_at: datetime
) -> Entry:
    """Money has come in by ``rail`` and pays for nothing yet. ``payment`` None: nobody knows whose it is.

    ``key`` names the event on the rail: "transfer:<pk>" or "<provider>:<event id>".
    """
    return post(
        key=f"received:{key}",
        kind=Entry.Kind.MONEY_RECEIVED,
        occurred_at=occurred_at,
        lines=[Leg(clearing(rail), amount), Leg(of_market(Kind.BUYER_CREDIT), -amount)],
        payment=payment,
        order_id=payment.order_id if payment else None,
    )


def order_paid(order: Order, payment: Payment) -> None:
    """The buyer's credit pays for the parcels still to be delivered; sellers, market and state get their parts."""
    now = timezone.now()
    parcels = order.seller_orders.exclude(status__in=_ENDED).exclude(entries__kind=Entry.Kind.CASH_COLLECTED)
    for parcel in parcels.select_related("partner").order_by("partner_id"):
        post(
            key=f"paid:{parcel.pk}",
            kind=Entry.Kind.ORDER_PAID,
            occurred_at=now,
            lines=[Leg(of_market(Kind.BUYER_CREDIT), parcel.due), *_sold(parcel)],
            order_id=parcel.order_id,
            seller_order=parcel,
            payment=payment,
        )
        earn(parcel, occurred_at=now)
        if parcel.status in _LEFT:
            shipping_due(parcel)


def cash_collected(parcel: SellerOrder, payment: Payment) -> None:
    """The carrier, or the seller himself, took the parcel's price at the door."""
    now = timezone.now()
    post(
        key=f"cash:{parcel.pk}",
        kind=Entry.Kind.CASH_COLLECTED,
        occurred_at=now,
        lines=[Leg(cash_in_transit(parcel.carrier), parcel.due), *_sold(parcel)],
        order_id=parcel.order_id,
        seller_order=parcel,
        payment=payment,
    )
    earn(parcel, occurred_at=now)
    shipping_due(parcel)


def shipping_due(parcel: SellerOrder) -> Entry | None:
    """A paid parcel was handed over: where its seller pays the carrier, the charge is the seller's. Else None."""
    now = timezone.now()
    if not parcel.shipping_total or not seller_pays_carrier(timezone.localdate(now)):
        return None
    return post(
        key=f"shipping:{parcel.pk}",
        kind=Entry.Kind.SHIPPING_DUE,
        occurred_at=now,
        lines=[
            Leg(of_market(Kind.SHIPPING_PAYABLE), parcel.shipping_total),
            Leg(seller_payable(parcel.partner), -parcel.shipping_total),
        ],
        order_id=parcel.order_id,
        seller_order=parcel,
    )


def cash_remitted(*, carrier: str, amount: int, fee: int, key: str, occurred_at: datetime) -> Entry:
    """The carrier hands over ``amount`` đồng that it collected, and keeps ``fee`` of them. ``key``: its statement."""
    return _settled(
        Entry.Kind.CASH_REMITTED, cash_in_transit(carrier), amount=amount, fee=fee, key=key, at=occurred_at
    )


def rail_settled(*, rail: str, amount: int, fee: int, key: str, occurred_at: datetime) -> Entry:
    """The rail pays ``amount`` đồng that it holds to our bank account, and keeps ``fee`` of them."""
    return _settled(Entry.Kind.RAIL_SETTLED, clearing(rail), amount=amount, fee=fee, key=key, at=occurred_at)


def correction(lines: Sequence[Leg], *, key: str, by: User, approved_by: User, memo: str) -> Entry:
    """What no event explains, put right by two people. Raises OnePersonOnly."""
    if by == approved_by:
        raise OnePersonOnly(memo)
    return post(
        key=f"correction:{key}",
        kind=Entry.Kind.CORRECTION,
        occurred_at=timezone.now(),
        lines=lines,
        memo=memo,
        actor=by,
        approved_by=approved_by,
    )


def _sold(parcel: SellerOrder) -> list[Leg]:
    return [
        Leg(seller_payable(parcel.partner), -parcel.goods_due),
        Leg(of_market(Kind.SHIPPING_PAYABLE), -parcel.shipping_total),
    ]


def _settled(kind: Entry.Kind, holder: Account, *, amount: int, fee: int, key: str, at: datetime) -> Entry:
    return post(
        key=f"{kind}:{key}",
        kind=kind,
        occurred_at=at,
        lines=[
            Leg(of_market(Kind.BANK), amount - fee),
            Leg(of_market(Kind.PROVIDER_FEES), fee),
            Leg(holder, -amount),
        ],
    )
