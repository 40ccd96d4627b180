"""Our own money that came back, and of which a notice told us as of a transfer of nobody's order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from payments.exceptions import NotUnclaimed
from payments.ledger.models import Entry
from payments.ledger.posting import reverse
from payments.locks import lock_transfer
from payments.models import Transfer
from payments.reconciliation.exceptions import NotThatWay
from payments.reconciliation.items import close
from payments.reconciliation.locks import take_turn
from payments.reconciliation.models import Item, Return, StatementRow
from payments.reconciliation.movements import CHOICE, number_of, show, unseen
from payments.transfers import received_as

if TYPE_CHECKING:
    from payments.reconciliation.movements import Movement


def returns_like(transfer: Transfer) -> QuerySet[Movement]:
    """Payouts and refunds noted as come back that can be this transfer: of its sum, and shown by no statement."""
    about = (transfer.occurred_at - CHOICE, transfer.occurred_at + CHOICE)
    return unseen().filter(kind=Entry.Kind.REVERSAL, moved=transfer.amount, occurred_at__range=about)


@transaction.atomic
def take_as_return(transfer: Transfer, entry: Entry, *, by: User) -> Transfer:
    """A person says that the transfer is the return ``entry``: it stays in the books once, as the return.

    Raises NotUnclaimed, or NotThatWay.
    """
    take_turn()
    transfer = lock_transfer(transfer.pk)
    if not transfer.is_unclaimed:
        raise NotUnclaimed(str(transfer))
    if not returns_like(transfer).filter(pk=entry.pk).exists():
        raise NotThatWay(_("What came back is of another sum or time, or a statement has shown it."))
    Return.objects.create(transfer=transfer, entry=entry)
    _take_back(received_as(transfer), entry)
    words = _("It is the transfer “%(words)s”.") % {"words": transfer.content[:120]}
    close(Item.objects.filter(booked=entry), words=words)
    _show_instead(transfer, entry)
    return _note(transfer, entry, by)


def _show_instead(transfer: Transfer, entry: Entry) -> None:
    """The row of a statement that took the money for the rail's shows the return."""
    row = transfer.statement_rows.filter(outcome=StatementRow.Outcome.MATCHED).select_related("entry").first()
    if row is not None:
        assert row.entry is not None
        _take_back(row.entry, entry)
        show(row, [entry])


def _take_back(booked: Entry, entry: Entry) -> None:
    memo, at = number_of(entry), booked.occurred_at
    reverse(booked, key=f"came_back:{booked.key}", memo=memo, occurred_at=at)


def _note(transfer: Transfer, entry: Entry, by: User) -> Transfer:
    transfer.outcome, transfer.surplus = Transfer.Outcome.RETURNED, 0
    transfer.resolution = _("Our own money, come back: %(number)s") % {"number": number_of(entry)[:120]}
    transfer.resolved_at, transfer.resolved_by = timezone.now(), by
    transfer.save(update_fields=["outcome", "surplus", "resolution", "resolved_at", "resolved_by"])
    return transfer
