"""What each button of the bank app does to the scanned transfer."""

import enum
from dataclasses import dataclass

from payments.simulators.bank import sepay
from payments.simulators.bank.deliveries import Courier, Delivery
from payments.simulators.bank.vietqr import Scanned

LATE_MINUTES = 20
"""Longer than a shop holds goods for an online payment (15 minutes)."""
DIFFERENCE = 10_000
"""Đồng too little or too much."""


class Kind(enum.StrEnum):
    EXACT = "exact"
    LESS = "less"
    MORE = "more"
    TWICE = "twice"
    LATE = "late"
    WRONG_MEMO = "wrong-memo"


@dataclass(frozen=True)
class Transfer:
    """What one tap sends: ``copies`` bank transactions of ``amount`` đồng each."""

    kind: Kind
    scanned: Scanned
    amount: int
    memo: str
    copies: int = 1
    delay_minutes: int = 0


def plan(kind: Kind, scanned: Scanned) -> Transfer:
    amount, memo = scanned.amount, scanned.memo
    if kind is Kind.LESS:
        amount -= min(DIFFERENCE, amount // 2)
    if kind is Kind.MORE:
        amount += DIFFERENCE
    if kind is Kind.WRONG_MEMO:
        memo = "tra tien mua hang"
    return Transfer(
        kind=kind,
        scanned=scanned,
        amount=amount,
        memo=memo,
        copies=2 if kind is Kind.TWICE else 1,
        delay_minutes=LATE_MINUTES if kind is Kind.LATE else 0,
    )


def send(transfer: Transfer, courier: Courier, secret: str) -> list[Delivery]:
    """Hand the transfer to the courier: one delivery for each bank transaction."""
    deliveries = [
        Delivery(
            body=sepay.body(
                account=transfer.scanned.account,
                amount=transfer.amount,
                content=as_banks_write(transfer.memo, transfer.scanned.account),
                direction="in",
                bank=transfer.scanned.bank,
            ),
            secret=secret,
            first=courier.clock.now() + transfer.delay_minutes * 60,
        )
        for _ in range(transfer.copies)
    ]
    for delivery in deliveries:
        courier.add(delivery)
    return deliveries


def as_banks_write(memo: str, account: str) -> str:
    """A memo never arrives as typed: upper case, punctuation gone, the bank's own words around it."""
    letters = "".join(character if character.isalnum() else " " for character in memo.upper())
    return f"MBVCB.3278907687.{letters}.CT tu 0909006868 NGUYEN VAN THU toi {account}"
