"""The bank's statement as CSV or XLSX, or as ISO 20022 camt.053. Columns go by the names that banks give them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.conf import settings
from django.utils.translation import gettext as _

from payments.providers.vietnam import VIETNAM
from payments.reconciliation.rows import Row, moved
from payments.tables.cells import cells_of, dong_of, head_of, likely, moment_of
from payments.tables.exceptions import UnreadableFile
from payments.tables.lines import MOST_ROWS, lines_of

#: column -> its names; the first is the one that a message asks for
_COLUMNS = {
    "at": ("Ngày giao dịch", "Transaction date", "Ngày GD", "Ngày", "Date", "Ngày hiệu lực"),
    "credit": ("Ghi có", "Số tiền ghi có", "Phát sinh có", "Có", "Tiền vào", "Credit"),
    "debit": ("Ghi nợ", "Số tiền ghi nợ", "Phát sinh nợ", "Nợ", "Tiền ra", "Debit"),
    "amount": ("Số tiền", "Amount"),
    "reference": ("Số tham chiếu", "Mã giao dịch", "Số giao dịch", "Số bút toán", "Số CT", "Reference"),
    "memo": ("Nội dung", "Nội dung giao dịch", "Nội dung chi tiết", "Diễn giải", "Mô tả", "Description"),
}


def read_bank(content: bytes) -> list[Row]:
    """Every row of the file; a row that cannot be read carries its error. Raises UnreadableFile."""
    looks_like_xml = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    rows = list(_camt(content) if looks_like_xml else _table(content))
    seen: Counter[str] = Counter()
    numbered = []
    for row in rows:
        numbered.append(replace(row, nth=seen[row.digest]))
        seen[row.digest] += 1
    return numbered


def _table(content: bytes) -> Iterator[Row]:
    lines = lines_of(content)
    head, places = head_of(lines, _COLUMNS, needed=(("at",), ("credit", "amount"), ("memo", "reference")))
    for line, cells, by_column in cells_of(lines, head, places):
        yield _row(line, cells, by_column)


def _row(line: int, cells: list[str], by_column: dict[str, str]) -> Row:
    known: dict[str, Any] = {
        "line": line,
        "raw": cells,
        "reference": by_column.get("reference", "")[:120],
        "memo": by_column.get("memo", "")[:500],
    }
    if _is_total(by_column):
        return Row(**known, is_unused=True, error=_("No movement is named here."))
    if not by_column["at"]:
        return Row(**known, error=_("The day is missing."))
    try:
        at = moment_of(by_column["at"])
    except ValueError:
        return Row(**known, error=_("“%(text)s” is no date.") % {"text": by_column["at"][:60]})
    try:
        return moved(Row(**known, occurred_at=at, amount=_amount(by_column)))
    except ValueError as error:
        return Row(**known, occurred_at=at, error=_("“%(text)s” is no amount in đồng.") % {"text": error})


def _is_total(by_column: dict[str, str]) -> bool:
    """Banks begin and close their tables with balances and sums: no day, no number and no words."""
    has_day = any(letter.isdigit() for letter in by_column["at"])
    return not (has_day or by_column.get("reference") or by_column.get("memo"))


def _amount(by_column: dict[str, str]) -> int:
    """What came in, or, negative, what left; 0 where nothing is written. Raises ValueError with text that is none."""
    came, left = (_dong(by_column.get(column, "")) for column in ("credit", "debit"))
    return abs(came) - abs(left) or _dong(by_column.get("amount", ""))


def _dong(text: str) -> int:
    return dong_of(text) if text else 0


def _camt(content: bytes) -> Iterator[Row]:
    """Source: ISO 20022 camt.053.001.02 and later; entries (Ntry) with their details, if any.

    Only what is booked (BOOK of its ExternalEntryStatus1Code) has moved: what is PDNG comes again once it is, INFO is
    no booking at all, and what is FUTR has not got its value yet. The state of an entry is not optional.
    """
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise UnreadableFile(_("This XML file cannot be opened.")) from error
    entries = [node for node in root.iter() if _tag(node) == "Ntry"]
    if not entries or len(entries) > MOST_ROWS:
        raise UnreadableFile(_("This XML is no camt.053 statement with entries."))
    _refuse_another_account(root)
    for line, entry in enumerate(entries, start=1):
        yield _entry(line, entry)


def _refuse_another_account(root: Any) -> None:
    """By its number, or by an IBAN that ends in it; a statement that names none is taken at its word."""
    for node in root.iter():
        if _tag(node) == "Acct":
            number = _text(node, "IBAN") or _text(node, "Othr", "Id")
            if number and not number.replace(" ", "").endswith(settings.BANK_ACCOUNT):
                raise UnreadableFile(
                    _("This is the statement of another account: %(number)s.") % {"number": number}
                )


def _entry(line: int, entry: Any) -> Row:
    said = {
        "amount": _text(entry, "Amt"),
        "sign": _text(entry, "CdtDbtInd"),
        "at": _text(entry, "BookgDt", "Dt") or _text(entry, "BookgDt", "DtTm"),
        "reference": _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef"),
        "memo": _text(entry, "Ustrd") or _text(entry, "AddtlNtryInf"),
        "state": _state(entry),
    }
    known: dict[str, Any] = {
        "line": line,
        "raw": list(said.values()),
        "reference": said["reference"][:120],
        "memo": said["memo"][:500],
    }
    if said["state"] != "BOOK":
        words = _("The bank has not booked this: its state is “%(state)s”.")
        return Row(**known, is_unused=True, error=words % {"state": said["state"] or "—"})
    currency = next((node.get("Ccy", "") for node in entry.iter() if _tag(node) == "Amt"), "")
    if currency != "VND" or said["sign"] not in ("CRDT", "DBIT"):
        return Row(**known, error=_("Only entries in VND, credit or debit, can be read."))
    try:
        amount = dong_of(said["amount"])
        at = _instant(said["at"])
    except ValueError as error:
        return Row(**known, error=_("“%(text)s” cannot be read.") % {"text": str(error)[:60]})
    return moved(Row(**known, occurred_at=at, amount=amount if said["sign"] == "CRDT" else -amount))


def _state(entry: Any) -> str:
    """The entry's own: a word until version .02, a code, or the bank's own word, in later ones."""
    return next((_text(node, "Cd") or _text(node, "Sts") for node in entry if _tag(node) == "Sts"), "")


def _instant(text: str) -> datetime:
    found = likely(datetime.fromisoformat(text))
    return found.replace(tzinfo=VIETNAM) if found.tzinfo is None else found.astimezone(UTC)


def _tag(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]


def _text(entry: Any, *path: str) -> str:
    """The text of the first element so called, inside the one called before it; whatever the namespace."""
    nodes = [entry]
    for name in path:
        nodes = [node for parent in nodes for node in parent.iter() if _tag(node) == name]
    return " ".join((nodes[0].text or "").split()) if nodes else ""
