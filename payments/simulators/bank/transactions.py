"""One transaction on the account, as the bank books it; each notifier tells it in its own words."""

import enum
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))

# No notifier ever repeats an id, so a restarted simulator must not either.
_numbers: Iterator[int] = itertools.count(time.time_ns() // 1_000_000)


class Direction(enum.StrEnum):
    """As seen from the shop's account."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """``amount`` in đồng, never negative; ``at`` the real moment in Vietnam's time.

    ``number`` is what notifiers call it; ``given_reference`` is the bank's own name for it, instead of a new one.
    """

    account: str
    bank: str
    amount: int
    content: str
    direction: Direction = Direction.IN
    given_reference: str = ""
    number: int = field(default_factory=lambda: next(_numbers))
    at: datetime = field(default_factory=lambda: datetime.now(VIETNAM))

    @property
    def reference(self) -> str:
        return self.given_reference or f"FT{self.number % 10**11:011d}"

    @property
    def balance(self) -> int:
        return 19_077_000 + self.amount
