"""What every event of money means in the books: one function per event, called where it happens and nowhere else.

All are part of the caller's transaction, which holds the order's row, and keyed so that twice is once. Amounts are
whole đồng.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet, Sum
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.order.models import Order, SellerOrder
from payments.commission.services import seller_pays_carrier
from payments.ledger.accounts import cash_in_transit, clearing, of_market, seller_payable
from payments.ledger.debts import end_debt, note_debt
from payments.ledger.earnings import earn, earn_shipping
from payments.ledger.exceptions import OnePersonOnly
from payments.ledger.models import Account, Entry, Line
from payments.ledger.posting import Leg, post
from payments.tax.locks import lock_meters

if TYPE_CHECKING:
    from payments.models import Payment

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


def unpaid_parcels(order: Order) -> QuerySet[SellerOrder]:
    """Those of an unpaid order that go on, and whose price nobody has taken at the door."""
    parcels: QuerySet[SellerOrder] = order.seller_orders.exclude(status__in=SellerOrder.ENDED)
    return parcels.exclude(entries__kind=Entry.Kind.CASH_COLLECTED)


def order_paid(order: Order, payment: Payment) -> None:
    """The buyer's credit pays for the parcels still to be delivered; sellers, market and state get their parts."""
    now = timezone.now()
    lock_meters(order, timezone.localdate(now))
    for parcel in unpaid_parcels(order).select_related("partner").order_by("partner_id"):
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
    """Whoever brought the parcel took its price at the door; from the seller it is not asked for, but set off."""
    entry = post(
        key=f"cash:{parcel.pk}",
        kind=Entry.Kind.CASH_COLLECTED,
        occurred_at=timezone.now(),
        lines=[Leg(cash_in_transit(parcel.carrier), parcel.due), *_sold(parcel)],
        order_id=parcel.order_id,
        seller_order=parcel,
        payment=payment,
    )
    at = entry.occurred_at
    earn(parcel, occurred_at=at, in_cash=True)
    shipping_due(parcel)
    if parcel.is_brought_by_seller:
        _cash_kept(parcel, payment, at)


def _cash_kept(parcel: SellerOrder, payment: Payment, at: datetime) -> None:
    """As if it had been paid out: the seller has his part, and owes the market and the state theirs."""
    payable = seller_payable(parcel.partner)
    post(
        key=f"cash_kept:{parcel.pk}",
        kind=Entry.Kind.CASH_KEPT,
        occurred_at=at,
        lines=[Leg(payable, parcel.due), Leg(cash_in_transit(parcel.carrier), -parcel.due)],
        order_id=parcel.order_id,
        seller_order=parcel,
        payment=payment,
    )
    note_debt(payable)


def shipping_due(parcel: SellerOrder) -> Entry | None:
    """A paid parcel was handed over: the charge is the seller's, where sellers paid the carrier on that day.

    Else None. What was given back to the buyer before is not passed on.
    """
    held = _shipping_held(parcel)
    if held <= 0 or not (parcel.is_brought_by_seller or seller_pays_carrier(_handed_over_on(parcel))):
        return None
    payable = seller_payable(parcel.partner)
    entry = post(
        key=f"shipping:{parcel.pk}",
        kind=Entry.Kind.SHIPPING_DUE,
        occurred_at=timezone.now(),
        lines=[Leg(of_market(Kind.SHIPPING_PAYABLE), held), Leg(payable, -held)],
        order_id=parcel.order_id,
        seller_order=parcel,
    )
    earn_shipping(parcel, charge=held, occurred_at=entry.occurred_at)
    end_debt(payable)
    return entry


def _shipping_held(parcel: SellerOrder) -> int:
    """đồng that the buyer paid for shipping and that nobody has got yet."""
    lines = Line.objects.filter(entry__seller_order=parcel, account__kind=Kind.SHIPPING_PAYABLE)
    return -int(lines.aggregate(total=Sum("amount", default=0))["total"])


def _handed_over_on(parcel: SellerOrder) -> date:
    """In Vietnam."""
    events = parcel.events.filter(status=SellerOrder.Status.HANDED_OVER).order_by("pk")
    return timezone.localdate(events[0].at)


def cash_remitted(parcel: SellerOrder, *, amount: int, fee: int, key: str, occurred_at: datetime) -> Entry:
    """The carrier hands over ``amount`` đồng that it collected for the parcel, and keeps ``fee`` of them."""
    return _settled(
        Entry.Kind.CASH_REMITTED,
        cash_in_transit(parcel.carrier),
        amount=amount,
        fee=fee,
        key=key,
        occurred_at=occurred_at,
        order_id=parcel.order_id,
        seller_order=parcel,
    )


def rail_settled(*, rail: str, amount: int, fee: int, key: str, occurred_at: datetime) -> Entry:
    """The rail pays ``amount`` đồng that it holds to our bank account, and keeps ``fee`` of them."""
    kind = Entry.Kind.RAIL_SETTLED
    return _settled(kind, clearing(rail), amount=amount, fee=fee, key=key, occurred_at=occurred_at)


def bank_fee(*, amount: int, key: str, occurred_at: datetime, memo: str) -> Entry:
    """The bank has taken ``amount`` đồng from our account for its service."""
    return post(
        key=f"bank_fee:{key}",
        kind=Entry.Kind.BANK_FEE,
        occurred_at=occurred_at,
        lines=[Leg(of_market(Kind.PROVIDER_FEES), amount), Leg(of_market(Kind.BANK), -amount)],
        memo=memo,
    )


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


def _settled(
    kind: Entry.Kind, holder: Account, *, amount: int, fee: int, key: str, **references: Any
) -> Entry:
    return post(
        key=f"{kind}:{key}",
        kind=kind,
        **references,
        lines=[
            Leg(of_market(Kind.BANK), amount - fee),
            Leg(of_market(Kind.PROVIDER_FEES), fee),
            Leg(holder, -amount),
        ],
    )
