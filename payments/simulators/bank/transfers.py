"""What each button of the bank app does to the scanned transfer."""

import enum
from dataclasses import dataclass, replace

from payments.simulators.bank.transactions import Transaction
from payments.simulators.bank.vietqr import Scanned

LATE_MINUTES = 25
"""Longer than a shop holds goods for an online payment (20 minutes)."""
CHECK_MINUTES = 10
"""How long the payer's bank keeps a transfer that it wants to look into."""
DIFFERENCE = 10_000
"""Đồng too little or too much."""
OTHER_ACCOUNT = "88888888"
"""Watched by the same notifiers, but not the one in the shop's QR codes."""


class Kind(enum.StrEnum):
    EXACT = "exact"
    LESS = "less"
    MORE = "more"
    TWICE = "twice"
    LATE = "late"
    WRONG_MEMO = "wrong-memo"
    WRONG_ACCOUNT = "wrong-account"
    HELD = "held"
    """Looked into by the payer's bank, and sent."""
    RETURNED = "returned"
    """Looked into, and given back to the payer."""
    INSUFFICIENT = "insufficient"
    CANCEL = "cancel"
    EXPIRE = "expire"
    """The payer lets the time pass that the bank's app waits for a confirmation."""


_REFUSED = (Kind.INSUFFICIENT, Kind.CANCEL, Kind.EXPIRE)
"""Not one đồng leaves the payer's account."""
_CHECKED = (Kind.HELD, Kind.RETURNED)


@dataclass(frozen=True)
class Transfer:
    """What one tap sends: ``copies`` bank transactions of ``amount`` đồng each.

    They are on the shop's account after ``check_minutes``, which hears of them ``delay_minutes`` later.
    """

    kind: Kind
    scanned: Scanned
    amount: int
    memo: str
    copies: int = 1
    delay_minutes: int = 0
    check_minutes: int = 0


def plan(kind: Kind, scanned: Scanned) -> Transfer:
    amount, memo = scanned.amount, scanned.memo
    if kind is Kind.LESS:
        amount -= min(DIFFERENCE, amount // 2)
    if kind is Kind.MORE:
        amount += DIFFERENCE
    if kind in _REFUSED:
        amount = 0
    if kind is Kind.WRONG_MEMO:
        memo = "tra tien mua hang"
    if kind is Kind.WRONG_ACCOUNT:
        scanned = replace(scanned, account=OTHER_ACCOUNT)
    return Transfer(
        kind=kind,
        scanned=scanned,
        amount=amount,
        memo=memo,
        copies=_copies(kind),
        delay_minutes=LATE_MINUTES if kind is Kind.LATE else 0,
        check_minutes=CHECK_MINUTES if kind in _CHECKED else 0,
    )


def _copies(kind: Kind) -> int:
    if kind is Kind.RETURNED or kind in _REFUSED:
        return 0
    return 2 if kind is Kind.TWICE else 1


def transactions(transfer: Transfer) -> list[Transaction]:
    """What the bank books for the tap."""
    return [
        Transaction(
            account=transfer.scanned.account,
            bank=transfer.scanned.bank,
            amount=transfer.amount,
            content=as_banks_write(transfer.memo, transfer.scanned.account),
        )
        for _ in range(transfer.copies)
    ]


def as_banks_write(memo: str, account: str) -> str:
    """A memo never arrives as typed: upper case, punctuation gone, the bank's own words around it."""
    letters = "".join(character if character.isalnum() else " " for character in memo.upper())
    return f"MBVCB.3278907687.{letters}.CT tu 0909006868 NGUYEN VAN THU toi {account}"
