"""Statements as banks and carriers write them."""

import io
import zipfile
from collections.abc import Sequence

from django.utils import timezone
from openpyxl import Workbook

from payments.models import Transfer
from payments.reconciliation.models import Statement
from payments.reconciliation.statements import apply_statement, bring_in
from payments.tables.lines import MOST_UNPACKED
from tests.payments.desk.people import chi_thu

BANK_HEAD = "Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Nội dung"


def bank_csv(*rows: str, head: str = BANK_HEAD) -> bytes:
    return "\n".join(["Sao kê tài khoản;;;;", head, *rows]).encode()


def row_of(transfer: Transfer, **changes: str) -> str:
    """The bank's row of one of our transfers."""
    said = {
        "at": f"{timezone.localtime(transfer.occurred_at):%d/%m/%Y}",
        "reference": transfer.bank_reference,
        "debit": "",
        "credit": f"{transfer.amount:,}".replace(",", "."),
        "memo": transfer.content,
        **changes,
    }
    return ";".join(said.values())


def xlsx(*rows: Sequence[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", "<workbook/>")
        file.writestr("xl/worksheets/sheet1.xml", b" " * (MOST_UNPACKED + 1))
    return out.getvalue()


def far_cell() -> bytes:
    """A few bytes that make a reader fill a rectangle of 17 thousand million cells."""
    out, plain = io.BytesIO(), io.BytesIO(xlsx(["Ngày", "Số tiền", "Nội dung"], ["25/11/2026", 1, "x"]))
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'r="C2"', b'r="XFD1048576"'))
    return out.getvalue()


CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id>{entries}
</Stmt></BkToCstmrStmt></Document>"""


def camt_entry(
    amount: str,
    memo: str,
    *,
    sign: str = "CRDT",
    reference: str = "",
    day: str = "",
    currency: str = "VND",
    state: str = "<Sts>BOOK</Sts>",
) -> str:
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{state}'
        f"<BookgDt><Dt>{day or timezone.localdate().isoformat()}</Dt></BookgDt>"
        f"<AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>{memo}</Ustrd></RmtInf>"
        "</TxDtls></NtryDtls></Ntry>"
    )


def camt(*entries: str) -> bytes:
    return CAMT.format(entries="".join(entries)).encode()


def applied(content: bytes, *, kind: str = "bank", carrier: str = "", name: str = "sao-ke.csv") -> Statement:
    kept = bring_in(kind=kind, carrier=carrier, name=name, content=content, by=chi_thu())
    return apply_statement(kept, by=chi_thu())


def outcomes(statement: Statement) -> list[str]:
    return list(statement.rows.order_by("line").values_list("outcome", flat=True))
