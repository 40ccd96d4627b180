"""The bank's bulk transfer list as a spreadsheet.

Banks differ in the order of columns; each asks for these six facts, and its upload page maps them (UNCONFIRMED for
every bank until its template is at hand). Columns, in order:

    STT            number of the row
    Số tham chiếu  our reference, unique for ever; the bank's answer has to repeat it
    Số tài khoản   account of the seller, text: a leading zero stays
    Chủ tài khoản  holder in capitals without marks
    Ngân hàng      name of the seller's bank
    Mã ngân hàng   its six-digit NAPAS BIN, text
    Số tiền        whole đồng, a number
    Nội dung       the reference again: what the seller reads in the statement
"""

from marketplace.spreadsheets import Column, table
from payments.payouts.models import PayoutBatch

# the bank reads these names, whatever language the person who approves has chosen
COLUMNS = (
    Column("STT", 6),
    Column("Số tham chiếu", 22),
    Column("Số tài khoản", 22),
    Column("Chủ tài khoản", 34),
    Column("Ngân hàng", 20),
    Column("Mã ngân hàng", 14),
    Column("Số tiền", 16),
    Column("Nội dung", 26),
)


def sheet(batch: PayoutBatch) -> bytes:
    payouts = list(batch.on_the_file())
    return table(
        batch.reference,
        columns=COLUMNS,
        rows=[
            (at, one.reference, one.number, one.holder, one.bank, one.bank_bin, one.amount, one.reference)
            for at, one in enumerate(payouts, start=1)
        ],
        totals=(None, "TỔNG", None, None, None, None, sum(one.amount for one in payouts), None),
    )
