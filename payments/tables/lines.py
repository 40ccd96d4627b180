"""CSV and XLSX as lines of text that can be stored and shown, within limits.

A small file may unpack to a large one, or name far-off cells.
"""

import csv
import io
import re
import zipfile
from collections import Counter
from functools import partial
from itertools import islice

from django.utils.translation import gettext as _

from payments.providers.plain_text import printable
from payments.tables.exceptions import UnreadableFile

MOST_ROWS = 20_000
MOST_COLUMNS = 100
MOST_PARTS = 200
MOST_UNPACKED = 40_000_000
"""Bytes; a statement of MOST_ROWS rows unpacks to far less."""
_CELL = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{1,3})(\d{1,7})"')


def lines_of(content: bytes) -> list[list[str]]:
    """Raises UnreadableFile, with the reason in words."""
    lines = _sheet(content) if content.startswith(b"PK") else _csv(content)
    if len(lines) > MOST_ROWS:
        raise UnreadableFile(_("The file has more than %(rows)d rows.") % {"rows": MOST_ROWS})
    return [[printable(cell).strip() for cell in cells[:MOST_COLUMNS]] for cells in lines]


def _csv(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
        separator = max(",;\t", key=partial(_regularity, text))
        return list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(_("This is neither CSV in UTF-8 nor XLSX.")) from error


def _regularity(text: str, separator: str) -> tuple[int, int]:
    """How many of the first lines have the same number of cells, and how many; titles above a table have one."""
    first = islice(csv.reader(io.StringIO(text), delimiter=separator), 30)
    widths = Counter(len(cells) for cells in first if len(cells) > 1)
    return max(((lines, width) for width, lines in widths.items()), default=(0, 0))


def _sheet(content: bytes) -> list[list[str]]:
    # here: a web worker that reads no statement need not hold it
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(_unpacked_within_limits(content)))
        rows = book.get_sheet_by_index(0).to_python()
    except (CalamineError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise UnreadableFile(_("This XLSX file cannot be opened.")) from error
    return [[_text(cell) for cell in row] for row in rows]


def _unpacked_within_limits(content: bytes) -> bytes:
    """The same parts, stored as they were really read: sizes that the archive only claims count for nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(out, "w") as plain:
        parts = packed.infolist()
        if len(parts) > MOST_PARTS or "xl/workbook.xml" not in packed.namelist():
            raise UnreadableFile(_("This XLSX file cannot be opened."))
        left = MOST_UNPACKED
        for part in parts:
            with packed.open(part) as file:
                data = file.read(left + 1)
            left -= len(data)
            if left < 0:
                raise UnreadableFile(_("This file unpacks to far more than a statement has."))
            _refuse_far_cells(data)
            plain.writestr(part.filename, data)
    return out.getvalue()


def _refuse_far_cells(data: bytes) -> None:
    """A reader makes room for the whole rectangle up to the farthest cell."""
    for column, row in _CELL.findall(data):
        if len(column) > 2 or int(row) > MOST_ROWS:
            raise UnreadableFile(_("The file has more than %(rows)d rows.") % {"rows": MOST_ROWS})


def _text(cell: object) -> str:
    """Spreadsheets keep every number as a float: 95000.0 is 95000."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
