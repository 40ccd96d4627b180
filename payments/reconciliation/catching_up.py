"""What we come to know after the bank's statement showed it: the difference that waits for a person closes itself."""

from typing import Any

from payments.models import Transfer
from payments.reconciliation.bank_resolving import close_if_known
from payments.reconciliation.models import Item, StatementRow
from payments.transfers import NEAR


def match_transfer(payload: dict[str, Any]) -> None:
    """The outbox job of a notice: ``payload`` is {"transfer": pk}. Twice is once."""
    transfer = Transfer.objects.get(pk=payload["transfer"])
    waiting = StatementRow.objects.filter(
        item__state=Item.State.OPEN,
        item__source=Item.BANK,
        amount=transfer.amount,
        occurred_at__range=(transfer.occurred_at - NEAR, transfer.occurred_at + NEAR),
    ).select_related("item")
    # where several rows fit, the one with the bank's own number of it comes first
    for row in sorted(waiting, key=lambda row: (row.reference != transfer.bank_reference, row.pk)):
        close_if_known(row.item)


def match_movements() -> None:
    """Payouts and refunds that people noted as sent, or as come back, only after the statement was applied."""
    for item in Item.objects.filter(state=Item.State.OPEN, source=Item.BANK).exclude(row=None):
        close_if_known(item)
