"""Put a difference into the queue, once."""

from typing import Any

from payments.reconciliation.models import Finding, Item, StatementRow


def open_for_row(row: StatementRow, finding: Finding, *, source: str, **ours: Any) -> Item:
    """``ours`` are Item's own: payment, our_amount (đồng), our_state."""
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
