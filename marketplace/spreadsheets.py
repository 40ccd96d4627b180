"""Write one table as an XLSX file. The same table gives the same bytes, whenever and wherever it is written."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet


XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The content type of these files."""
Value = str | int | None
#: the earliest day that a zip archive can name; the real one would change the bytes
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STAMPS = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_STAMP = rb"\g<1>1980-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    #: in characters
    width: int = 14


def table(
    title: str,
    *,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    above: Sequence[str] = (),
    totals: Sequence[Value] = (),
) -> bytes:
    """Lines of plain words, a head, rows and a last row of totals. Whole numbers stay numbers.

    Text stays text, also where it begins like a formula or a number ("=1+1", "+84912…", "0123"): spreadsheet
    programs evaluate what looks like a formula (CWE-1236), and drop the zero of an account number.
    """
    from openpyxl import Workbook  # 5 MB that a web worker should not hold before somebody asks for a table

    book = Workbook()
    sheet: Worksheet = book.worksheets[0]
    sheet.title = title[:31]
    for line in above:
        _write(sheet, [line], bold=False)
    _write(sheet, [column.title for column in columns], bold=True)
    sheet.freeze_panes = f"A{len(above) + 2}"
    for row in rows:
        _write(sheet, row, bold=False)
    if totals:
        _write(sheet, totals, bold=True)
    for at, column in enumerate(columns, start=1):
        sheet.column_dimensions[_letter(sheet, at)].width = column.width
    out = io.BytesIO()
    book.save(out)
    return _timeless(out.getvalue())


def _write(sheet: "Worksheet", values: Sequence[Value], *, bold: bool) -> None:
    row = sheet.max_row + 1 if sheet.cell(1, 1).value is not None or sheet.max_row > 1 else 1
    for at, value in enumerate(values, start=1):
        _fill(sheet.cell(row, at), value, bold=bold)


def _fill(cell: "Cell", value: Value, *, bold: bool) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type, cell.number_format = "s", "@"
    elif value is not None:
        cell.value, cell.number_format = value, "#,##0"
    if bold:
        cell.font = Font(bold=True)


def _letter(sheet: "Worksheet", at: int) -> str:
    return str(sheet.cell(1, at).column_letter)


def _timeless(archive: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _STAMPS.sub(_STAMP, content)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(entry, content)
    return out.getvalue()
