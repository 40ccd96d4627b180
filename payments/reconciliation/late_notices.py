"""A notice that comes after the bank's statement is the money of a row that waits as a difference: it closes that."""

from typing import Any

from payments.models import Transfer
from payments.reconciliation.models import Item
from payments.reconciliation.resolving import close_if_told
from payments.transfers import NEAR


def match_transfer(payload: dict[str, Any]) -> None:
    """The outbox job: ``payload`` is {"transfer": pk}. Twice is once."""
    transfer = Transfer.objects.get(pk=payload["transfer"])
    waiting = Item.objects.filter(
        state=Item.State.OPEN,
        source=Item.BANK,
        row__amount=transfer.amount,
        row__occurred_at__range=(transfer.occurred_at - NEAR, transfer.occurred_at + NEAR),
    ).select_related("row")
    # where several rows fit, the one with the bank's own number of it comes first
    for item in sorted(waiting, key=lambda item: (item.row.reference != transfer.bank_reference, item.pk)):
        close_if_told(item)
