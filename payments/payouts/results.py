"""What the bank says of our transfers: a table of references and statuses, as CSV or XLSX.

Every row is kept with what became of it; a wrong row stops none of the others.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalogue.search.fold import fold
from farmers.partner.models import Partner
from marketplace.accounts.models import User
from payments.payouts.exceptions import NotNow
from payments.payouts.locks import lock_sellers
from payments.payouts.models import Payout, ResultFile
from payments.payouts.settling import mark_paid, mark_returned
from payments.tables.cells import cells_of, dong_of, head_of
from payments.tables.lines import lines_of

#: column -> its names; the first is the one that a message asks for
_COLUMNS = {
    "reference": ("Số tham chiếu", "Mã tham chiếu", "Reference", "EndToEndId", "Nội dung"),
    "status": ("Trạng thái", "Kết quả", "Status"),
    "note": ("Lý do", "Ghi chú", "Note", "Số giao dịch", "Mã giao dịch"),
    "amount": ("Số tiền", "Amount"),
}
_LONGEST = 120
"""Characters of a cell that are kept: the bank's number, or why it sent the money back. The file has the rest."""
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
    try:
        with transaction.atomic():
            kept = ResultFile.objects.create(name=name[:200], content=content, sha256=sha256, imported_by=by)
    except IntegrityError:  # brought in at the same moment
        return ResultFile.objects.get(sha256=sha256)
    errors = _apply_all(rows, now)
    kept.rows = [asdict(row) | {"error": error} for row, error in zip(rows, errors, strict=True)]
    kept.save(update_fields=["rows"])
    return kept


def read_rows(content: bytes) -> Iterator[ResultRow]:
    """Raises UnreadableFile for what is no table with a reference and a status in its first lines."""
    lines = lines_of(content)
    head, places = head_of(lines, _COLUMNS, needed=(("reference",), ("status",)))
    for line, _cells, by_column in cells_of(lines, head, places):
        values = {column: by_column.get(column, "")[:_LONGEST] for column in _COLUMNS}
        if values["reference"] or values["status"]:
            yield ResultRow(line=line, **values)


def _apply_all(rows: list[ResultRow], now: datetime) -> list[str]:
    """What `_apply` says of each. Seller by seller, as everybody locks their accounts (payments.locks)."""
    payouts = Payout.objects.filter(reference__in=[row.reference for row in rows])
    lock_sellers(Partner.objects.filter(pk__in=payouts.values("partner")))
    sellers = dict(payouts.values_list("reference", "partner"))
    turns = sorted(range(len(rows)), key=lambda place: sellers.get(rows[place].reference, 0))
    errors = {place: rows[place].error or _apply(rows[place], now) for place in turns}
    return [errors[place] for place in range(len(rows))]


def _apply(row: ResultRow, now: datetime) -> str:
    """Do what the row says, once; the answer is why not, or nothing."""
    payout = Payout.objects.filter(reference=row.reference).select_related("partner").first()
    if payout is None:
        return _("No payout has this reference.")
    if row.amount and not _says(row.amount, payout):
        return _("The payout is of %(amount)s đ, not of %(said)s.") % {
            "amount": payout.amount,
            "said": row.amount,
        }
    act = _act(fold(row.status))
    if act is None:
        return _("This status is not known. Settle the payout by hand.")
    return _taken(act, payout, row, now)


Act = Callable[[Payout, ResultRow, datetime], None]


def _says(amount: str, payout: Payout) -> bool:
    try:
        return dong_of(amount) == payout.amount
    except ValueError:
        return False


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
