"""What payouts say that they pay: against their parcels, their batch and the books. Whole đồng, unless said so."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Count, F, Q, QuerySet, Sum, Window

from payments.audit.differences import Difference, compare
from payments.ledger.models import Account, Line
from payments.payouts.models import Payout, PayoutBatch, PayoutItem

Batch, State = PayoutBatch.State, Payout.State
_GOES = (State.WAITING, State.SENT, State.PAID)
"""States in which a payout pays for its parcels; else they are due again."""


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
    """What payouts carry of a parcel is what the books owed for it at some moment; what came later is set off."""
    items = PayoutItem.objects.filter(payout__state__in=_GOES).order_by()
    carried = dict(items.values_list("seller_order").annotate(Sum("amount")))
    owed = _owed_moment_by_moment(items)
    for parcel, total in sorted(carried.items()):
        if total not in owed[parcel]:
            last = owed[parcel][-1] if owed[parcel] else 0
            yield Difference("parcels_are_paid_out_once", f"parcel {parcel}", total, last)


def _owed_moment_by_moment(items: QuerySet[PayoutItem]) -> dict[int, list[int]]:
    """Parcel's pk -> what was owed to its seller for it after each entry. Its order's lock keeps these in turn."""
    lines = Line.objects.filter(account__kind=Account.Kind.SELLER_PAYABLE)
    lines = lines.filter(entry__seller_order__in=items.values("seller_order")).order_by("entry_id")
    running = Window(Sum("amount"), partition_by=F("entry__seller_order"), order_by=F("entry_id").asc())
    moments: dict[int, list[int]] = defaultdict(list)
    for parcel, total in lines.annotate(running=running).values_list("entry__seller_order", "running"):
        moments[parcel].append(-total)
    return moments
