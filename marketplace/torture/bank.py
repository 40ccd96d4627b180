"""What the watcher of the bank account sends us, good and bad: written and signed as the pretended SePay does.

And the bank's own statement.
"""

from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.torture.messages import Message
from payments.models import Refund
from payments.reconciliation.models import Statement
from payments.reconciliation.statements import apply_statement, bring_in
from payments.simulators.bank import sepay
from payments.simulators.bank.transactions import Transaction
from payments.simulators.bank.transfers import as_banks_write

PATH = "/thanh-toan/sepay/ipn"
FORGER = "not-the-secret"


def transfer(memo: str, amount: int, *, kind: str = "paid", secret: str = "", reference: str = "") -> Message:
    """`amount` đồng on our account with `memo`; signed by SePay unless `secret` is another.

    `reference` is the bank's number of it, if it must not be any.
    """
    account = settings.BANK_ACCOUNT
    booked = Transaction(
        account=account,
        bank="Vietcombank",
        amount=amount,
        content=as_banks_write(memo, account),
        given_reference=reference,
    )
    return signed(sepay.body(booked), kind=kind, secret=secret)


def signed(body: bytes, *, kind: str, secret: str = "") -> Message:
    sent, headers = sepay.seal(body, secret or settings.SEPAY_SECRET)
    return Message(kind, "POST", PATH, sent, headers)


def number_of(refund: Refund) -> str:
    """The bank's own, of the transfer that a person makes."""
    return f"FT{refund.pk}"


def show(refunds: Iterable[Refund], *, by: User) -> None:
    """Today's statement tells that they left."""
    head = "Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Nội dung"
    rows = [f"{timezone.localdate():%d/%m/%Y};{number_of(one)};{one.amount};;Tra lai" for one in refunds]
    content = "\n".join([head, *rows]).encode()
    apply_statement(bring_in(kind=Statement.Kind.BANK, name="so.csv", content=content, by=by), by=by)
