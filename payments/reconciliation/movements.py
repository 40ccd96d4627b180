"""What our books say moved on the bank account, against the rows of its statements.

Payouts and refunds that people sent, what came back of them, and corrections. Money that came by transfer is
bank.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict

from django.db.models import F, Q, QuerySet

from catalogue.search.fold import fold
from payments.ledger.models import Account, Entry
from payments.reconciliation.items import close_shown
from payments.reconciliation.models import Match, StatementRow

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Moved(TypedDict):
        moved: int

    Movement = WithAnnotations[Entry, _Moved]

CHOICE = timedelta(days=60)
"""Before and after a row's day: movements further away are not offered for it."""
TAKEN_BACK = (Entry.Kind.CORRECTION, Entry.Kind.BANK_FEE, Entry.Kind.RAIL_SETTLED)
"""Kinds that people take back because they were wrong. A payout or refund taken back has left, and come back."""
SHORTEST = 4
"""Letters of a bank's number at least, for it to be looked for in the words of a correction."""


def unseen() -> QuerySet[Movement]:
    """Movements that no row has shown, oldest first."""
    return movements().filter(shown_by=None)


def movements() -> QuerySet[Movement]:
    """What people booked on the bank account.

    What a row of a statement has booked itself is none, nor is its taking back; nor what came back as a transfer; nor
    what two people took back because it never moved.
    """
    by_people = on_account().filter(statement_row=None, came_in=None)
    by_people = by_people.exclude(reverses__statement_row__isnull=False)
    return by_people.exclude(reverses__kind__in=TAKEN_BACK).exclude(
        kind__in=TAKEN_BACK, reversed_by__isnull=False
    )


def on_account() -> QuerySet[Movement]:
    """All of it, oldest first; ``moved`` is in đồng, negative for money that left."""
    entries = Entry.objects.filter(lines__account__kind=Account.Kind.BANK).annotate(moved=F("lines__amount"))
    return entries.select_related("payment", "reverses").order_by("occurred_at", "pk")


def expected() -> QuerySet[Movement]:
    """Those that a statement has to show: what was taken back before any showed it may never have moved."""
    undone = Q(reversed_by__isnull=False, reversed_by__shown_by=None)
    undoing = Q(reverses__isnull=False, reverses__shown_by=None)
    return unseen().exclude(undone).exclude(undoing)


def named_by(row: StatementRow) -> Movement | None:
    """The one movement of the row's sum whose number it carries; two that fit equally are left to a person."""
    amount, _at = row.moved
    named = [entry for entry in unseen().filter(moved=amount) if _names(row, entry)]
    return named[0] if len(named) == 1 else None


def number_of(entry: Entry) -> str:
    """What the bank was told, or told us: a payout's reference, or its own number of a refund; else the words."""
    return (entry.reverses or entry).memo


def _names(row: StatementRow, entry: Entry) -> bool:
    said, number = fold(f"{row.reference} {row.memo}"), fold(number_of(entry))
    if entry.kind == Entry.Kind.CORRECTION:  # somebody wrote the bank's number into its words
        said, number = number, fold(row.reference) if len(row.reference) >= SHORTEST else ""
    return bool(number) and f" {number} " in f" {said} "


def show(row: StatementRow, entries: Sequence[Entry]) -> None:
    """The row is these movements. Part of a transaction whose turn it is (locks.py)."""
    Match.objects.bulk_create(Match(row=row, entry=entry) for entry in entries)
    row.outcome = StatementRow.Outcome.MATCHED
    row.save(update_fields=["outcome"])
    close_shown(booked__in=entries)


def like(row: StatementRow) -> QuerySet[Movement]:
    """Movements that can be the row, or a part of it, for a person to choose from."""
    amount, at = row.moved
    side = Q(moved__gte=amount, moved__lt=0) if amount < 0 else Q(moved__lte=amount, moved__gt=0)
    return unseen().filter(side, occurred_at__range=(at - CHOICE, at + CHOICE))
