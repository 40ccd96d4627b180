"""What the watchers of the bank account send us, good and bad: written and signed as the pretended ones do.

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
from payments.simulators.bank.notifiers import COMPANIES
from payments.simulators.bank.transactions import Transaction
from payments.simulators.bank.transfers import as_banks_write

SEPAY = "sepay"
SECRETS = {SEPAY: "SEPAY_SECRET", "payos": "PAYOS_CHECKSUM_KEY", "casso": "CASSO_SECRET"}
"""The setting of each notifier's."""
FORGER = "not-the-secret"


def transfer(
    memo: str,
    amount: int,
    *,
    kind: str = "paid",
    notifier: str = SEPAY,
    secret: str = "",
    reference: str = "",
) -> Message:
    """`amount` đồng on our account with `memo`; signed by `notifier` unless `secret` is another.

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
    return signed(COMPANIES[notifier].body(booked), kind=kind, notifier=notifier, secret=secret)


def signed(body: bytes, *, kind: str, notifier: str = SEPAY, secret: str = "") -> Message:
    secret = secret or getattr(settings, SECRETS[notifier])
    sent, headers = COMPANIES[notifier].seal(body, secret)
    return Message(kind, "POST", f"/thanh-toan/{notifier}/ipn", sent, headers)


def number_of(refund: Refund) -> str:
    """The bank's own, of the transfer that a person makes."""
    return f"FT{refund.pk}"


def show(refunds: Iterable[Refund], *, by: User) -> None:
    """Today's statement tells that they left."""
    head = "Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Nội dung"
    rows = [f"{timezone.localdate():%d/%m/%Y};{number_of(one)};{one.amount};;Tra lai" for one in refunds]
    content = "\n".join([head, *rows]).encode()
    apply_statement(bring_in(kind=Statement.Kind.BANK, name="so.csv", content=content, by=by), by=by)
