"""One row of a statement as we understand it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True, kw_only=True)
class Row:
    """``amount`` đồng, negative for money that left; ``error`` says in words why the row is of no use."""

    line: int
    raw: Sequence[str]
    amount: int | None = None
    fee: int = 0
    occurred_at: datetime | None = None
    reference: str = ""
    memo: str = ""
    error: str = ""
    #: the carrier brings the parcel back: nobody took it
    returned: bool = False
    #: how many rows before it in the same file say exactly the same
    nth: int = field(default=0)

    @property
    def digest(self) -> str:
        at = self.occurred_at and self.occurred_at.astimezone(UTC)
        said = (self.reference, self.amount, at, self.memo, self.nth)
        return hashlib.sha256("\x1f".join(map(str, said)).encode()).hexdigest()
