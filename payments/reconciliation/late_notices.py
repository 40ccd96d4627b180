"""A notice that comes after the bank's statement is the money of a row that waits as a difference: it closes that."""

from typing import Any

from payments.models import Transfer
from payments.reconciliation.models import Item, StatementRow
from payments.reconciliation.resolving import close_if_told
from payments.transfers import NEAR


def match_transfer(payload: dict[str, Any]) -> None:
    """The outbox job: ``payload`` is {"transfer": pk}. Twice is once."""
    transfer = Transfer.objects.get(pk=payload["transfer"])
    waiting = StatementRow.objects.filter(
        item__state=Item.State.OPEN,
        item__source=Item.BANK,
        amount=transfer.amount,
        occurred_at__range=(transfer.occurred_at - NEAR, transfer.occurred_at + NEAR),
    ).select_related("item")
    # where several rows fit, the one with the bank's own number of it comes first
    for row in sorted(waiting, key=lambda row: (row.reference != transfer.bank_reference, row.pk)):
        close_if_told(row.item)
