"""One row of a statement as we understand it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from payments.providers.vietnam import VIETNAM

AHEAD = timedelta(days=1)
"""By which a day may be ahead of ours: clocks and time zones differ."""


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
    #: for the reason that ``error`` gives no movement at all: nobody has to look at it
    is_unused: bool = False
    #: the carrier brings the parcel back: nobody took it
    returned: bool = False
    #: how many rows before it in the same file say exactly the same
    nth: int = field(default=0)

    @property
    def digest(self) -> str:
        at = self.occurred_at and self.occurred_at.astimezone(UTC)
        said = (self.reference, self.amount, at, self.memo, self.nth)
        return hashlib.sha256("\x1f".join(map(str, said)).encode()).hexdigest()


def moved(row: Row) -> Row:
    """The row, with an error and no amount if it moves nothing."""
    return row if row.amount else replace(row, amount=None, error=_("The amount is missing, or it is 0."))


def refuse_future(row: Row, now: datetime) -> Row:
    """The row, with an error if its day has not come: nobody can tell of what has not moved yet."""
    if row.error or row.occurred_at is None:
        return row
    day = row.occurred_at.astimezone(VIETNAM).date()
    if day <= (now + AHEAD).astimezone(VIETNAM).date():
        return row
    return replace(row, error=_("The day %(day)s has not come yet.") % {"day": f"{day:%d/%m/%Y}"})
