"""One row of a statement as we understand it, and how its cells are read."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from catalogue.search.fold import fold
from payments.providers.vietnam import VIETNAM
from payments.reconciliation.exceptions import UnreadableStatement

_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y", "%d.%m.%Y")
_TIMES = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S")
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,\s]\d{3})+")
_LARGEST = 10**15


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
        said = (self.reference, self.amount, self.occurred_at, self.memo, self.nth)
        return hashlib.sha256("\x1f".join(map(str, said)).encode()).hexdigest()


def head_of(
    lines: list[list[str]], known: Mapping[str, set[str]], *, needed: Sequence[Sequence[str]]
) -> tuple[int, dict[str, int]]:
    """The line that names the columns, and where each is. One of each group of ``needed`` must be there.

    Raises UnreadableStatement.
    """
    for at, cells in enumerate(lines[:30]):
        names = [fold(cell) for cell in cells]
        found = {
            column: place
            for column, words in known.items()
            for place, name in enumerate(names)
            if name in words
        }
        if all(any(column in found for column in group) for group in needed):
            return at, found
    wanted = ", ".join(sorted(known[group[0]])[0] for group in needed)
    raise UnreadableStatement(
        _("No line names the columns (%(columns)s). Take the file as it was given.") % {"columns": wanted}
    )


def cells_of(
    lines: list[list[str]], head: int, places: Mapping[str, int]
) -> Iterator[tuple[int, list[str], dict[str, str]]]:
    """Line number, cells, and the cells by column; empty lines are left out."""
    for line, cells in enumerate(lines[head + 1 :], start=head + 2):
        if any(cells):
            yield line, cells, {name: cells[at] if at < len(cells) else "" for name, at in places.items()}


def dong_of(text: str) -> int:
    """ "1.500.000", "1,500,000.00", "1 500 000 đ" and "-1500000". Raises ValueError on a fraction of a đồng."""
    bare = re.sub(r"(?i)\s*(vnd|vnđ|đ|₫)$", "", text.strip().replace("\xa0", " "))
    bare = re.sub(r"[.,]0{1,2}$", "", bare)
    if _GROUPED.fullmatch(bare):
        bare = re.sub(r"[.,\s]", "", bare)
    if not re.fullmatch(r"[+-]?\d{1,15}", bare) or abs(int(bare)) > _LARGEST:
        raise ValueError(text)
    return int(bare)


def moment_of(text: str) -> datetime:
    """A day, with or without a time, as clocks in Vietnam show it. Raises ValueError."""
    for date in _DATES:
        for time in _TIMES:
            try:
                return datetime.strptime(text.strip(), date + time).replace(tzinfo=VIETNAM)
            except ValueError:
                continue
    raise ValueError(text)
