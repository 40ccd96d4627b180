"""A carrier's list of the cash it collected and hands over: one parcel per row."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from payments.reconciliation.rows import Row, cells_of, dong_of, head_of, moment_of
from payments.reconciliation.tables import lines_of

#: column -> its names, folded
_COLUMNS = {
    "reference": {
        "parcel",
        "tracking number",
        "ma van don",
        "ma don hang",
        "ma kien hang",
        "so kien",
        "ma buu gui",
        "so hieu",
    },
    "amount": {"amount", "tien thu ho", "cod", "so tien", "tien cod"},
    "fee": {"fee", "phi", "cuoc phi", "phi thu ho", "phi cod"},
    "at": {"date", "ngay", "ngay doi soat", "ngay tra tien", "ngay nop tien"},
}


def read_carrier(content: bytes) -> list[Row]:
    """Every row of the file; a row that cannot be read carries its error. Raises UnreadableStatement."""
    return list(_rows(content))


def _rows(content: bytes) -> Iterator[Row]:
    lines = lines_of(content)
    head, places = head_of(lines, _COLUMNS, needed=(("reference",), ("amount",), ("at",)))
    for line, cells, by_column in cells_of(lines, head, places):
        yield _row(line, cells, by_column)


def _row(line: int, cells: list[str], by_column: dict[str, str]) -> Row:
    reference = by_column["reference"][:120]
    if not reference:
        # carriers close their lists with a line of totals
        return Row(line=line, raw=cells, error=_("No parcel is named here."))
    try:
        amount, fee = dong_of(by_column["amount"]), dong_of(by_column.get("fee", "") or "0")
        at = moment_of(by_column["at"])
    except ValueError as error:
        words = _("“%(text)s” cannot be read.") % {"text": str(error)[:60]}
        return Row(line=line, raw=cells, reference=reference, error=words)
    if amount <= 0 or not 0 <= fee <= amount:
        words = _("The amount must be above 0 and the fee not above it.")
        return Row(line=line, raw=cells, reference=reference, error=words)
    return Row(line=line, raw=cells, reference=reference, amount=amount, fee=fee, occurred_at=at)
