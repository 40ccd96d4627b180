"""What the watcher of the bank account sends us, good and bad: written and signed as the pretended SePay does."""

from django.conf import settings

from marketplace.torture.messages import Message
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
