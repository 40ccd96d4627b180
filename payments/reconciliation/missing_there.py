"""What we have and they do not: money in our books that no statement of the bank or of a carrier shows in time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Min
from django.utils import timezone

from payments.ledger.models import Entry
from payments.reconciliation.bank import handed_over, not_arrived, settled_by_none
from payments.reconciliation.carriers import CARRIER_TAKES, held_by_carriers
from payments.reconciliation.models import Finding, Item, Statement, StatementRow
from payments.reconciliation.movements import expected, number_of
from payments.transfers import NEAR

BANK_TAKES = timedelta(days=4)
"""At most, from the moment that we call a payment sent to the day of the bank's row: a weekend with its eve."""


def note_missing_there(statement: Statement) -> None:
    """Part of the transaction that has just applied the statement. What a person has explained stays so.

    A day that has not come yet is a slip of the pen, and says nothing of how far the statement goes.
    """
    come = statement.rows.filter(occurred_at__lte=timezone.now() + NEAR)
    ends = come.aggregate(at=Max("occurred_at"))["at"]
    if ends is None:
        return
    of_bank = statement.kind == Statement.Kind.BANK
    found = list(_of_bank(ends) if of_bank else _of_carrier(statement.carrier, ends))
    for item in found:
        item.found_in = statement
    Item.objects.bulk_create(found, ignore_conflicts=True)


def _of_bank(ends: datetime) -> Iterator[Item]:
    begins = _first_of_the_bank()
    for transfer in settled_by_none().filter(occurred_at__gte=begins, occurred_at__lt=ends - NEAR):
        yield _item(
            transfer=transfer,
            payment=transfer.payment,
            reference=transfer.bank_reference or transfer.content[:120],
            our_amount=transfer.amount,
            our_state=str(transfer.get_outcome_display()),
            raw={"said": transfer.content},
        )
    for entry in expected().filter(occurred_at__gte=begins, occurred_at__lt=ends - BANK_TAKES):
        yield _item(
            booked=entry,
            payment=entry.payment,
            reference=number_of(entry)[:120],
            our_amount=entry.moved,
            our_state=str(entry.get_kind_display()),
        )
    for one in not_arrived().filter(applied_at__gte=begins, applied_at__lt=ends - CARRIER_TAKES):
        yield _item(
            remittance=one, reference=one.name[:120], our_amount=handed_over(one), our_state=one.carrier
        )


def _first_of_the_bank() -> datetime:
    """When the statements begin that were brought in; what moved before them none can show."""
    rows = StatementRow.objects.filter(
        statement__kind=Statement.Kind.BANK, statement__state=Statement.State.APPLIED
    )
    first: datetime = rows.aggregate(at=Min("occurred_at"))["at"]
    return first


def _of_carrier(carrier: str, ends: datetime) -> Iterator[Item]:
    collected = Entry.objects.filter(
        kind=Entry.Kind.CASH_COLLECTED,
        seller_order__in=held_by_carriers().filter(carrier=carrier),
        occurred_at__lt=ends - CARRIER_TAKES,
    )
    for entry in collected.select_related("seller_order", "payment"):
        parcel = entry.seller_order
        assert parcel is not None
        yield _item(
            source=carrier,
            booked=entry,
            payment=entry.payment,
            reference=parcel.number,
            our_amount=parcel.due,
            our_state=str(parcel.get_status_display()),
        )


def _item(**facts: Any) -> Item:
    return Item(**{"source": Item.BANK, "finding": Finding.MISSING_THERE, **facts})
