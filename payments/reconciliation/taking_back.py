"""Two people take back what a person had booked for a difference: the difference waits for a person again."""

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
    for item in Item.objects.filter(entry=entry, row=None, state=Item.State.RESOLVED):
        if not _is_open_anew(item):
            _open(item)
    close(Item.objects.filter(booked=entry), words=_("It was taken back."))


def _ask_of_row(row: StatementRow) -> None:
    """Of all that it was said to be: several movements together are its sum, or none is."""
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


def _is_open_anew(item: Item) -> bool:
    """The rail has said it again since, as a difference of its own."""
    same = {"source": item.source, "reference": item.reference, "finding": item.finding}
    return Item.objects.filter(**same, row=None, state=Item.State.OPEN).exists()


def _open(item: Item) -> None:
    item.state, item.resolution, item.entry = Item.State.OPEN, "", None
    item.resolved_by, item.resolved_at = None, None
    item.explained_by, item.explained_difference, item.agreed_since = None, None, False
    item.save(
        update_fields=[
            *("state", "resolution", "entry", "resolved_by", "resolved_at"),
            *("explained_by", "explained_difference", "agreed_since"),
        ]
    )
