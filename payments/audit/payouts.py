"""What payouts say that they pay: against their parcels, their batch and the books. Whole đồng, unless said so."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from payments.audit.differences import Difference, compare
from payments.ledger.models import Account, Entry, Line
from payments.payouts.models import Payout, PayoutBatch, PayoutItem

Batch, State = PayoutBatch.State, Payout.State
_GOES = (State.WAITING, State.SENT, State.PAID)
"""States in which a payout pays for its parcels; else they are due again."""
_SOLD = (Entry.Kind.ORDER_PAID, Entry.Kind.CASH_COLLECTED)
_TAKEN_OFF = (Entry.Kind.COMMISSION, Entry.Kind.WITHHELD_TAX, Entry.Kind.CASH_KEPT)
"""Booked with the sale, of its very time, unless the tax waits for the carrier to hand over the cash."""


def payouts_add_up() -> Iterator[Difference]:
    """A payout is its parcels and what was set off beside them."""
    sums = Payout.objects.annotate(said=Sum("items__amount", default=0) + F("adjustment"))
    for payout in sums.exclude(amount=F("said")).order_by("pk"):
        yield Difference("payouts_add_up", payout.reference, payout.said, payout.amount)


def batches_add_up() -> Iterator[Difference]:
    """What the second person agrees to, or agreed to, is what leaves."""
    leaving = Sum("payouts__amount", filter=~Q(payouts__state=State.CANCELLED), default=0)
    sums = PayoutBatch.objects.filter(state__in=(Batch.READY, Batch.APPROVED, Batch.SENT))
    for batch in sums.annotate(leaving=leaving).exclude(total=F("leaving")).order_by("pk"):
        yield Difference("batches_add_up", batch.reference, batch.leaving, batch.total)


def parcels_stay_paid_out() -> Iterator[Difference]:
    """Parcels are taken, and kept from other payouts, while their payout goes or has gone; counted in parcels."""
    counts = Payout.objects.annotate(taken=Count("items", filter=Q(items__is_open=True)), all=Count("items"))
    for payout in counts.order_by("pk"):
        expected = payout.all if payout.state in _GOES else 0
        yield from compare("parcels_stay_paid_out", payout.reference, expected, payout.taken)


def parcels_are_paid_out_once() -> Iterator[Difference]:
    """What payouts carry of a parcel is what the books owed for it then; what came later is set off."""
    items = PayoutItem.objects.filter(payout__state__in=_GOES).order_by("seller_order")
    carried = list(items.values_list("seller_order").annotate(Sum("amount"), Max("last_entry")))
    owed = _owed_then(items, {parcel: last_entry for parcel, _total, last_entry in carried})
    for parcel, total, _last_entry in carried:
        yield from compare("parcels_are_paid_out_once", f"parcel {parcel}", total, owed[parcel])


def _owed_then(items: QuerySet[PayoutItem], last_entries: dict[int, int]) -> dict[int, int]:
    """Parcel's pk -> what was owed to its seller for it after its last entry. Its order's lock keeps these in turn.

    What a sale takes off at once counts with the sale: no payout can have come between, whatever it says.
    """
    lines = Line.objects.filter(account__kind=Account.Kind.SELLER_PAYABLE)
    lines = lines.filter(entry__seller_order__in=items.values("seller_order")).order_by("entry_id")
    entry = ("entry__seller_order", "entry_id", "entry__kind", "entry__occurred_at")
    owed: dict[int, int] = defaultdict(int)
    sold_at: dict[int, datetime] = {}
    for parcel, pk, kind, at, amount in lines.values_list(*entry, "amount"):
        if kind in _SOLD:
            sold_at[parcel] = at
        at_once = kind in _TAKEN_OFF and at == sold_at.get(parcel)
        if pk <= last_entries[parcel] or at_once:
            owed[parcel] -= amount
    return owed
