"""The only writer of entries. An event told twice, also at the same moment, is one entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from marketplace.accounts.models import User
from payments.ledger.exceptions import KeyReused, Unbalanced
from payments.ledger.models import Account, Entry, Line


@dataclass(frozen=True, slots=True)
class Leg:
    """``amount`` whole đồng for one account: debit positive, credit negative."""

    account: Account
    amount: int


def post(
    *, key: str, kind: Entry.Kind, occurred_at: datetime, lines: Sequence[Leg], **references: Any
) -> Entry:
    """Write one event into the books, in the caller's transaction; legs of 0 đồng are left out.

    ``references`` are Entry's own fields: order, seller_order, payment, refund, payout_id, memo, actor,
    approved_by. The same key again returns the first entry. Raises KeyReused when that one has other lines or
    another kind, Unbalanced when the lines do not sum to 0.
    """
    amounts = _amounts(lines)
    entry, created = Entry.objects.get_or_create(
        key=key, defaults={"kind": kind, "occurred_at": occurred_at, **references}
    )
    if created:
        Line.objects.bulk_create(
            Line(entry=entry, account_id=account, amount=amount) for account, amount in amounts.items()
        )
    elif entry.kind != kind or dict(entry.lines.values_list("account", "amount")) != amounts:
        raise KeyReused(f"{key} is in the books as something else")
    return entry


def reverse(
    entry: Entry, *, key: str, memo: str, occurred_at: datetime | None = None, **people: User
) -> Entry:
    """Take the entry back by its mirror image, which points at it. Raises KeyReused, or IntegrityError when it
    was taken back under another key.

    ``people`` are Entry's own actor and approved_by, where persons decided it.
    """
    return post(
        key=key,
        kind=Entry.Kind.REVERSAL,
        occurred_at=occurred_at or timezone.now(),
        lines=[Leg(line.account, -line.amount) for line in entry.lines.select_related("account")],
        reverses=entry,
        memo=memo,
        **people,
        **{name: getattr(entry, name) for name in _REFERENCES},
    )


def memorandum(*, key: str, memo: str, by: User, approved_by: User | None = None, **references: Any) -> Entry:
    """An entry without lines: ``memo`` says why the books stay as they are. The same key again returns the first.

    ``references`` are Entry's own fields, as in post().
    """
    facts = {"occurred_at": timezone.now(), "memo": memo, "actor": by, "approved_by": approved_by}
    entry, _created = Entry.objects.get_or_create(
        key=key, defaults={"kind": Entry.Kind.MEMORANDUM, **facts, **references}
    )
    return entry


_REFERENCES = ("order_id", "seller_order_id", "payment_id", "refund_id", "payout_id")


def _amounts(lines: Sequence[Leg]) -> dict[int, int]:
    """One amount per account, in the order in which the lines name them."""
    amounts: dict[int, int] = {}
    for leg in lines:
        amounts[leg.account.pk] = amounts.get(leg.account.pk, 0) + leg.amount
    moving = {account: amount for account, amount in amounts.items() if amount}
    if sum(moving.values()) or not moving:
        raise Unbalanced(f"these lines do not make an entry: {moving}")
    return moving
