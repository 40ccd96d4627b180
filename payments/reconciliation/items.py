"""Put a difference into the queue, once; take it out when both sides say the same by now."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from payments.ledger.models import Entry
from payments.reconciliation.models import Finding, Item, Statement, StatementRow

_SAID = ("our_amount", "their_amount", "their_state")


def open_for_row(row: StatementRow, finding: Finding, *, source: str, **ours: Any) -> Item:
    """``ours`` are Item's own: payment, transfer, our_amount (đồng), our_state."""
    row.outcome = StatementRow.Outcome.DIFFERS
    row.save(update_fields=["outcome"])
    item: Item = Item.objects.create(
        source=source,
        finding=finding,
        reference=row.reference or row.memo[:120],
        row=row,
        their_amount=row.amount or 0,
        their_state=row.memo[:60],
        raw={"cells": row.raw},
        **ours,
    )
    return item


def note_unreadable(statement: Statement) -> None:
    """One item for all rows that cannot be read: what they say counts nowhere before a person has looked at them."""
    if not statement.rows.filter(outcome=StatementRow.Outcome.UNREADABLE).exists():
        return
    Item.objects.create(
        source=statement.carrier or Item.BANK,
        finding=Finding.UNREADABLE,
        reference=statement.name[:120],
        found_in=statement,
    )


def keep_open(same: dict[str, Any], **facts: Any) -> bool:
    """What a run has found of a payment or refund: the same one, by ``same``, is the same open item.

    False, and no item, where a person has settled this very difference; other amounts, another state of theirs, or
    the same after both sides had agreed, are a new one.
    """
    of_runs = Item.objects.filter(**same, row=None, run__isnull=False)
    close_other_findings(same)
    settled = of_runs.filter(resolved_by__isnull=False, agreed_since=False)
    if settled.filter(**{name: facts[name] for name in _SAID}).exists():
        return False
    of_runs.update_or_create(**same, state=Item.State.OPEN, row=None, defaults=facts)
    return True


def close_other_findings(same: dict[str, Any]) -> None:
    """The rail has said something else since: one payment or refund has one open difference with it."""
    ours = Item.objects.filter(
        source=same["source"], reference=same["reference"], row=None, run__isnull=False
    )
    close(ours.exclude(finding=same["finding"]), words=_("It differs otherwise by now."))


def both_agree(items: QuerySet[Item]) -> None:
    """Both sides say the same now: what was settled before explains no difference that comes later."""
    close(items, words=_("Both sides say the same by now."))
    items.update(agreed_since=True)


def close_shown(**what: Any) -> None:
    """A statement shows it by now. ``what`` are Item's own transfer, booked or remittance, as filters.

    A row of another sum still has to be explained.
    """
    close(Item.objects.filter(row=None, **what), words=_("A statement shows it by now."))


def close(items: QuerySet[Item], *, words: str, by: User | None = None, entry: Entry | None = None) -> None:
    """Those that are still open; no person has to look at them any more.

    ``by``: whose act has made it so, and ``entry`` what was booked for it.
    """
    items.filter(state=Item.State.OPEN).update(
        state=Item.State.RESOLVED,
        resolution=words,
        resolved_at=timezone.now(),
        resolved_by=by,
        entry=entry,
    )
