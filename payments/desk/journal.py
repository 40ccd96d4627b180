"""The desk's diary: who did what, when and to what. Part of the transaction of what it tells of."""

from typing import Any

from marketplace.accounts.models import User
from payments.desk.models import DeskAction

Kind = DeskAction.Kind


def record(kind: DeskAction.Kind, *, by: User, subject: str, note: str = "", **facts: Any) -> DeskAction:
    """``facts`` are DeskAction's own: amount (đồng), order, entry."""
    action: DeskAction = DeskAction.objects.create(
        kind=kind, actor=by, subject=subject[:200], note=note[:300], **facts
    )
    return action
