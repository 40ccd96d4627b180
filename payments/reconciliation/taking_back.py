"""Two people take back what a person had booked for a difference: the difference waits for a person again."""

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from payments.ledger.models import Entry
from payments.reconciliation.items import close, open_for_row
from payments.reconciliation.locks import take_turn
from payments.reconciliation.models import Finding, Item, StatementRow
from payments.reconciliation.movements import TAKEN_BACK


def can_be_asked_again(entry: Entry) -> bool:
    """Whether what ``entry`` settled can wait for a person again: nothing but his word hangs on it.

    A row that is a transfer, or brought a carrier's cash, has others that tell of it.
    """
    told = Q(transfer__isnull=False) | Q(remittance__isnull=False) | Q(parcel__isnull=False)
    return entry.kind in TAKEN_BACK and not StatementRow.objects.filter(told, entry=entry).exists()


def ask_again(entry: Entry) -> None:
    """``entry`` is taken back: all that it was the answer to is open again. Part of the caller's transaction."""
    take_turn()
    for row in StatementRow.objects.filter(Q(entry=entry) | Q(matches__entry=entry)):
        _ask_of_row(row)
    for item in Item.objects.filter(entry=entry, state=Item.State.RESOLVED, agreed_since=False):
        _open(item)
    close(Item.objects.filter(booked=entry), words=_("It was taken back."))


def _ask_of_row(row: StatementRow) -> None:
    """Of all that it was said to be: several movements together are its sum, or none is."""
    shown = Item.objects.filter(booked__in=row.matches.values("entry"), resolved_by=None)
    shown.update(state=Item.State.OPEN, resolution="", resolved_at=None)
    row.matches.all().delete()
    if row.entry_id is not None:
        row.entry, row.times_taken_back = None, row.times_taken_back + 1
    row.outcome = StatementRow.Outcome.DIFFERS
    row.save(update_fields=["entry", "times_taken_back", "outcome"])
    item = Item.objects.filter(row=row).first()
    if item is None:
        open_for_row(row, Finding.MISSING_HERE, source=Item.BANK)
    else:
        _open(item)


def _open(item: Item) -> None:
    """Unless whoever was asked has said it again since: then that is open as a difference of its own."""
    item.state, item.resolution, item.entry = Item.State.OPEN, "", None
    item.resolved_by, item.resolved_at = None, None
    item.explained_by, item.explained_difference = None, None
    try:
        with transaction.atomic():
            item.save(
                update_fields=[
                    *("state", "resolution", "entry", "resolved_by", "resolved_at"),
                    *("explained_by", "explained_difference"),
                ]
            )
    except IntegrityError:
        return
