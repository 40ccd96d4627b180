"""A carrier's list: the cash of each parcel that it hands over, and which parcels nobody took."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from catalogue.search.fold import fold
from payments.reconciliation.rows import Row
from payments.tables.cells import cells_of, dong_of, head_of, moment_of
from payments.tables.lines import lines_of

#: column -> its names; the first is the one that a message asks for
_COLUMNS = {
    "reference": (
        "Mã vận đơn",
        "Mã bưu gửi",
        "Số hiệu",
        "Mã kiện hàng",
        "Số kiện",
        "Mã đơn hàng",
        "Tracking number",
        "Parcel",
    ),
    "amount": ("Tiền thu hộ", "Tiền COD", "COD", "Số tiền", "Amount"),
    "fee": ("Phí thu hộ", "Phí COD", "Phí", "Cước phí", "Fee"),
    "status": ("Trạng thái", "Trạng thái đơn hàng", "Tình trạng", "Kết quả giao", "Kết quả", "Status"),
    "at": ("Ngày trả tiền", "Ngày nộp tiền", "Ngày đối soát", "Ngày", "Date"),
}
#: how a status, folded, says that the buyer did not take the parcel. No carrier publishes its words.
_RETURNED = (
    "tu choi",
    "khong nhan",
    "hoan hang",
    "hoan ve",
    "chuyen hoan",
    "da hoan",
    "tra lai",
    "return",
    "refuse",
)


def read_carrier(content: bytes) -> list[Row]:
    """Every row of the file; a row that cannot be read carries its error. Raises UnreadableFile."""
    return list(_rows(content))


def _rows(content: bytes) -> Iterator[Row]:
    lines = lines_of(content)
    head, places = head_of(lines, _COLUMNS, needed=(("reference",), ("amount",), ("at",)))
    for line, cells, by_column in cells_of(lines, head, places):
        yield _row(line, cells, by_column)


def _row(line: int, cells: list[str], by_column: dict[str, str]) -> Row:
    reference = by_column["reference"][:120]
    if not reference:
        # carriers close their lists with a line of totals, which has no day
        return Row(line=line, raw=cells, is_unused=not by_column["at"], error=_("No parcel is named here."))
    if missing := _missing(by_column):
        return Row(line=line, raw=cells, reference=reference, error=missing)
    try:
        amount, fee = dong_of(by_column["amount"]), dong_of(by_column.get("fee", "") or "0")
        at = moment_of(by_column["at"])
    except ValueError as error:
        words = _("“%(text)s” cannot be read.") % {"text": str(error)[:60]}
        return Row(line=line, raw=cells, reference=reference, error=words)
    status = by_column.get("status", "")[:500]
    returned = _says_returned(status)
    if fee < 0 or (not returned and (amount <= 0 or fee > amount)):
        words = _("The amount must be above 0 and the fee not above it.")
        return Row(line=line, raw=cells, reference=reference, error=words)
    return Row(
        line=line,
        raw=cells,
        reference=reference,
        amount=amount,
        fee=fee,
        occurred_at=at,
        memo=status,
        returned=returned,
    )


def _missing(by_column: dict[str, str]) -> str:
    """What an empty cell leaves open, in words."""
    if not by_column["at"]:
        return _("The day is missing.")
    return "" if by_column["amount"] else _("The amount is missing, or it is 0.")


def _says_returned(status: str) -> bool:
    said = fold(status).replace("hoan thanh", "")  # done
    return any(words in said for words in _RETURNED)
