"""Transfers of which a pretended bank and its watchers tell the market, in whatever way an attack orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marketplace.torture.rails.pretended import NOTIFIERS, pretended
from marketplace.torture.rails.transfers import book_transfer
from payments.simulators.bank.notifiers import COMPANIES

HOURS = 2
"""By the bank's clock, after which whatever was refused has been given up."""
PATIENCE = 300
"""Seconds that all of it may take."""
Statuses = tuple[int, ...]
"""The market's answer to each try of a notification."""


@dataclass(frozen=True)
class Told:
    """`amount` đồng that arrive with `memo`, of which one `notifier` tells, `copies` times.

    `kind` is for the attack's own books; `how` it is told else, in the words of payments/simulators/bank/control.py.
    """

    kind: str
    memo: str
    amount: int
    notifier: str
    copies: int = 1
    how: Mapping[str, object] = field(default_factory=dict)

    @property
    def tries(self) -> int:
        """Of each copy: what is refused is tried again."""
        return len(COMPANIES[self.notifier].plan.minutes) if self.how.get("forged") else 1

    @property
    def times(self) -> int:
        return self.copies * self.tries


def tell_all(market: str, told: Sequence[Told]) -> tuple[list[Statuses], float]:
    """The answers to each copy of each, and the seconds from the first of all answers to the last."""
    with pretended("bank", market=market, BANK_SIMULATOR_NOTIFIERS=",".join(NOTIFIERS)) as bank:
        for one in told:
            whose = {"notifiers": [one.notifier], "copies": one.copies}
            book_transfer(bank, one.memo, one.amount, **whose, **one.how)
        bank.advance(HOURS * 60, patience=PATIENCE)
        deliveries = bank.deliveries()
    moments = [attempt["at"] for delivery in deliveries for attempt in delivery["attempts"]]
    return [answers_to(delivery) for delivery in deliveries], max(moments) - min(moments)


def answers_to(delivery: Mapping[str, Any]) -> Statuses:
    return tuple(attempt["status"] for attempt in delivery["attempts"])
