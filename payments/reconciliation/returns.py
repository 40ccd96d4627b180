"""Our own money that came back, and of which a notice told us as of a transfer of nobody's order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from payments.exceptions import NotUnclaimed
from payments.ledger.models import Entry
from payments.ledger.posting import reverse
from payments.locks import lock_transfer
from payments.models import Transfer
from payments.reconciliation.exceptions import NotThatWay
from payments.reconciliation.items import close, close_shown
from payments.reconciliation.locks import take_turn
from payments.reconciliation.models import Item, Return, StatementRow
from payments.reconciliation.movements import CHOICE, movements, number_of, show
from payments.transfers import NEAR, received_as

if TYPE_CHECKING:
    from payments.reconciliation.movements import Movement


def returns_like(transfer: Transfer) -> QuerySet[Movement]:
    """Payouts and refunds noted as come back that can be this transfer, or a part of it.

    They left before it came. A row of a statement may have shown them, unless another has shown the transfer.
    """
    at = transfer.occurred_at
    shown = Q(shown_by=None)
    if _row_of(transfer) is None:
        near = (at - NEAR, at + NEAR)
        shown |= Q(shown_by__row__occurred_at__range=near, shown_by__row__amount=transfer.amount)
    # when a refund left is noted by hand, and may be noted after it came back
    left = Q(refund=None, reverses__occurred_at__lte=at + NEAR) | Q(refund__created_at__lte=at + NEAR)
    returns = movements().filter(shown, left, kind=Entry.Kind.REVERSAL, moved__lte=transfer.amount)
    return returns.filter(occurred_at__range=(at - CHOICE, at + CHOICE)).select_related("shown_by")


@transaction.atomic
def take_as_return(transfer: Transfer, entries: QuerySet[Entry], *, by: User) -> Transfer:
    """A person says that the transfer is these returns: its money stays in the books once, as theirs.

    Raises NotUnclaimed, or NotThatWay.
    """
    take_turn()
    transfer = lock_transfer(transfer.pk)
    if not transfer.is_unclaimed:
        raise NotUnclaimed(str(transfer))
    returns = list(returns_like(transfer).filter(pk__in=entries))
    rows = {_shown_by(entry) for entry in returns}
    if len(rows) != 1 or sum(entry.moved for entry in returns) != transfer.amount:
        raise NotThatWay(_("What came back is of another sum or time, or a statement has shown it."))
    numbers = ", ".join(map(number_of, returns))
    Return.objects.bulk_create(Return(transfer=transfer, entry=entry) for entry in returns)
    taken_back = _take_back(received_as(transfer), numbers)
    words = _("It is the transfer “%(words)s”.") % {"words": transfer.content[:120]}
    close(Item.objects.filter(booked__in=returns), words=words, by=by, entry=taken_back)
    if rows == {None}:
        _show_instead(transfer, returns)
    else:
        close_shown(transfer=transfer)
    return _note(transfer, numbers, by)


def _shown_by(entry: Entry) -> int | None:
    """The row of a statement that has shown it."""
    shown = getattr(entry, "shown_by", None)
    return shown.row_id if shown else None


def _row_of(transfer: Transfer) -> StatementRow | None:
    """The row of a statement that took the money for the rail's."""
    matched = transfer.statement_rows.filter(outcome=StatementRow.Outcome.MATCHED)
    found: StatementRow | None = matched.select_related("entry").first()
    return found


def _show_instead(transfer: Transfer, returns: Sequence[Entry]) -> None:
    """The row that took the money for the rail's shows what came back."""
    if row := _row_of(transfer):
        assert row.entry is not None
        _take_back(row.entry, ", ".join(map(number_of, returns)))
        show(row, returns)


def _take_back(booked: Entry, numbers: str) -> Entry:
    return reverse(booked, key=f"came_back:{booked.key}", memo=numbers[:300], occurred_at=booked.occurred_at)


def _note(transfer: Transfer, numbers: str, by: User) -> Transfer:
    transfer.outcome, transfer.surplus = Transfer.Outcome.RETURNED, 0
    transfer.resolution = _("Our own money, come back: %(number)s") % {"number": numbers[:120]}
    transfer.resolved_at, transfer.resolved_by = timezone.now(), by
    transfer.save(update_fields=["outcome", "surplus", "resolution", "resolved_at", "resolved_by"])
    return transfer
