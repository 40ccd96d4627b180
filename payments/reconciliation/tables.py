"""CSV and XLSX as lines of text, within limits: a small file may unpack to a large one, or name far-off cells."""

import csv
import io
import re
import zipfile

from django.utils.translation import gettext as _

from payments.reconciliation.exceptions import UnreadableStatement

MOST_ROWS = 20_000
MOST_COLUMNS = 100
MOST_PARTS = 200
MOST_UNPACKED = 40_000_000
"""Bytes; a statement of MOST_ROWS rows unpacks to far less."""
_CELL = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{1,3})(\d{1,7})"')


def lines_of(content: bytes) -> list[list[str]]:
    """Raises UnreadableStatement, with the reason in words."""
    lines = _sheet(content) if content.startswith(b"PK") else _csv(content)
    if len(lines) > MOST_ROWS:
        raise UnreadableStatement(_("The file has more than %(rows)d rows.") % {"rows": MOST_ROWS})
    return [[cell.strip() for cell in cells[:MOST_COLUMNS]] for cells in lines]


def _csv(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
        separator = max(",;\t", key=text.partition("\n")[0].count)
        return list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableStatement(_("This is neither CSV in UTF-8 nor XLSX.")) from error


def _sheet(content: bytes) -> list[list[str]]:
    # here: a web worker that reads no statement need not hold it
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(_unpacked_within_limits(content)))
        rows = book.get_sheet_by_index(0).to_python()
    except (CalamineError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise UnreadableStatement(_("This XLSX file cannot be opened.")) from error
    return [[_text(cell) for cell in row] for row in rows]


def _unpacked_within_limits(content: bytes) -> bytes:
    """The same parts, stored as they were really read: sizes that the archive only claims count for nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(out, "w") as plain:
        parts = packed.infolist()
        if len(parts) > MOST_PARTS or "xl/workbook.xml" not in packed.namelist():
            raise UnreadableStatement(_("This XLSX file cannot be opened."))
        left = MOST_UNPACKED
        for part in parts:
            with packed.open(part) as file:
                data = file.read(left + 1)
            left -= len(data)
            if left < 0:
                raise UnreadableStatement(_("This file unpacks to far more than a statement has."))
            _refuse_far_cells(data)
            plain.writestr(part.filename, data)
    return out.getvalue()


def _refuse_far_cells(data: bytes) -> None:
    """A reader makes room for the whole rectangle up to the farthest cell."""
    for column, row in _CELL.findall(data):
        if len(column) > 2 or int(row) > MOST_ROWS:
            raise UnreadableStatement(_("The file has more than %(rows)d rows.") % {"rows": MOST_ROWS})


def _text(cell: object) -> str:
    """Spreadsheets keep every number as a float: 95000.0 is 95000."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
