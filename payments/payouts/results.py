"""What the bank says of our transfers: a table of references and statuses, as CSV or XLSX.

Every row is kept with what became of it; a wrong row stops none of the others.
"""

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.search.fold import fold
from marketplace.accounts.models import User
from payments.payouts.exceptions import NotNow, UnreadableFile
from payments.payouts.models import Payout, ResultFile
from payments.payouts.settling import mark_paid, mark_returned

#: more rows than any batch has
MOST_ROWS = 20_000
#: column -> its names, folded
_COLUMNS = {
    "reference": {"reference", "so tham chieu", "ma tham chieu", "endtoendid", "noi dung"},
    "status": {"status", "trang thai", "ket qua"},
    "note": {"note", "ly do", "ghi chu", "so giao dich", "ma giao dich"},
    "amount": {"amount", "so tien"},
}
_ARRIVED = {"paid", "success", "acsc", "thanh cong", "da chuyen"}
_CAME_BACK = {"returned", "failed", "rjct", "that bai", "khong thanh cong", "tra lai", "hoan tra"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultRow:
    """One row of the bank's file; ``error`` says in words why nothing was done with it."""

    line: int
    reference: str
    status: str
    note: str
    amount: str
    error: str = ""


@transaction.atomic
def import_results(*, name: str, content: bytes, by: User, now: datetime) -> ResultFile:
    """Apply the file; the same bytes again are the same import and change nothing. Raises UnreadableFile."""
    sha256 = hashlib.sha256(content).hexdigest()
    known = ResultFile.objects.filter(sha256=sha256).first()
    if known is not None:
        return known
    rows = list(read_rows(content))
    kept = ResultFile.objects.create(name=name[:200], content=content, sha256=sha256, imported_by=by)
    kept.rows = [asdict(row) | {"error": row.error or _apply(row, now)} for row in rows]
    kept.save(update_fields=["rows"])
    return kept


def read_rows(content: bytes) -> Iterator[ResultRow]:
    """Raises UnreadableFile for what is no table with a reference and a status in its first lines."""
    lines = _sheet(content) if zipfile.is_zipfile(io.BytesIO(content)) else _csv(content)
    if len(lines) > MOST_ROWS:
        raise UnreadableFile(_("The file has more than %(rows)d rows.") % {"rows": MOST_ROWS})
    head, places = _head(lines)
    for line, cells in enumerate(lines[head + 1 :], start=head + 2):
        values = {
            column: cells[at].strip() if at is not None and at < len(cells) else ""
            for column, at in places.items()
        }
        if values["reference"] or values["status"]:
            yield ResultRow(line=line, **values)


def _head(lines: list[list[str]]) -> tuple[int, dict[str, int | None]]:
    for at, cells in enumerate(lines[:20]):
        names = [fold(cell) for cell in cells]
        places = {
            column: next((place for place, name in enumerate(names) if name in known), None)
            for column, known in _COLUMNS.items()
        }
        if places["reference"] is not None and places["status"] is not None:
            return at, places
    raise UnreadableFile(
        _('No row names the columns "Reference" and "Status". Take the file as the bank gave it.')
    )


def _csv(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
        separator = max(",;\t", key=text.partition("\n")[0].count)
        return list(csv.reader(io.StringIO(text), delimiter=separator))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(_("This is neither CSV in UTF-8 nor XLSX.")) from error


def _sheet(content: bytes) -> list[list[str]]:
    # not at the top: every web worker would hold it
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    except CalamineError as error:
        raise UnreadableFile(_("This XLSX file cannot be opened.")) from error
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: object) -> str:
    """Spreadsheets keep every number as a float: 95000.0 is 95000."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _apply(row: ResultRow, now: datetime) -> str:
    """Do what the row says, once; the answer is why not, or nothing."""
    payout = Payout.objects.filter(reference=row.reference).select_related("partner").first()
    if payout is None:
        return _("No payout has this reference.")
    if row.amount and _dong(row.amount) != str(payout.amount):
        return _("The payout is of %(amount)s đ, not of %(said)s.") % {
            "amount": payout.amount,
            "said": row.amount,
        }
    act = _act(fold(row.status))
    if act is None:
        return _("This status is not known. Settle the payout by hand.")
    return _taken(act, payout, row, now)


Act = Callable[[Payout, ResultRow, datetime], None]


def _dong(amount: str) -> str:
    """ "1.500.000", "1,500,000.00" and "1500000" are all "1500000"."""
    return re.sub(r"\D", "", re.sub(r"[.,]00$", "", amount))


def _act(status: str) -> tuple[str, Act] | None:
    if status in _ARRIVED:
        return Payout.State.PAID, _arrived
    if status in _CAME_BACK:
        return Payout.State.RETURNED, _came_back
    return None


def _taken(act: tuple[str, Act], payout: Payout, row: ResultRow, now: datetime) -> str:
    state, do = act
    if payout.state == state:
        return ""
    try:
        do(payout, row, now)
    except NotNow:
        return _("The payout is: %(state)s.") % {"state": payout.get_state_display()}
    return ""


def _arrived(payout: Payout, row: ResultRow, now: datetime) -> None:
    mark_paid(payout, bank_reference=row.note, now=now)


def _came_back(payout: Payout, row: ResultRow, now: datetime) -> None:
    mark_returned(payout, reason=row.note, now=now)
