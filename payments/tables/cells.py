"""How the cells of a table are read: which columns there are, amounts, and moments."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from catalogue.search.fold import fold
from payments.providers.vietnam import VIETNAM
from payments.tables.exceptions import UnreadableFile

_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y", "%d.%m.%Y")
_TIMES = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S")
_YEARS = range(2000, 2101)
"""Of a moment that can be meant; what is far off no calendar of the database takes."""
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,\s]\d{3})+")
_LARGEST = 10**15
_SHOWN = 60
"""Characters of a cell that a message shows."""


def head_of(
    lines: list[list[str]], known: Mapping[str, Sequence[str]], *, needed: Sequence[Sequence[str]]
) -> tuple[int, dict[str, int]]:
    """The line that names the columns, and where each is. One of each group of ``needed`` must be there.

    ``known`` has the names of each column as banks and carriers write them; case and marks do not count. Where a file
    has two of them, the one named earlier counts.
    Raises UnreadableFile.
    """
    for at, cells in enumerate(lines[:30]):
        names = [fold(cell) for cell in cells]
        found = {
            column: names.index(called)
            for column, words in known.items()
            if (called := next((word for word in map(fold, words) if word in names), None))
        }
        if all(any(column in found for column in group) for group in needed):
            return at, found
    wanted = ", ".join(f"“{known[group[0]][0]}”" for group in needed)
    raise UnreadableFile(
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
    """ "1.500.000", "1,500,000.00", "1 500 000 đ" and "-1500000".

    Raises ValueError, also on a fraction of a đồng; its text can be shown.
    """
    bare = re.sub(r"(?i)\s*(vnd|vnđ|đ|₫)$", "", text.strip().replace("\xa0", " "))
    bare = re.sub(r"[.,]0{1,2}$", "", bare)
    if _GROUPED.fullmatch(bare):
        bare = re.sub(r"[.,\s]", "", bare)
    if not re.fullmatch(r"[+-]?\d{1,15}", bare) or abs(int(bare)) > _LARGEST:
        raise ValueError(text[:_SHOWN])
    return int(bare)


def moment_of(text: str) -> datetime:
    """A day, with or without a time, as clocks in Vietnam show it. Raises ValueError; its text can be shown."""
    for date in _DATES:
        for time in _TIMES:
            try:
                return likely(datetime.strptime(text.strip(), date + time)).replace(tzinfo=VIETNAM)
            except ValueError:
                continue
    raise ValueError(text[:_SHOWN])


def likely(moment: datetime) -> datetime:
    """The same. Raises ValueError for a year in which no money of ours can have moved."""
    if moment.year not in _YEARS:
        raise ValueError(str(moment.year))
    return moment
