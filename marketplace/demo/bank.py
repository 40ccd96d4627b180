"""Money for demo orders: the bank simulator's notification, taken in as if it had come over the wire."""

from django.conf import settings

from payments.models import Notification, Payment
from payments.notifications import receive, settle
from payments.simulators.bank import sepay
from payments.simulators.bank.transactions import Transaction
from payments.simulators.bank.transfers import DIFFERENCE, as_banks_write

#: what each kind of transfer adds to the sum asked for, in đồng, once for each time it is sent
KINDS = {
    "exact": (0,),
    "late": (0,),
    "less": (-DIFFERENCE,),
    "more": (DIFFERENCE,),
    "twice": (0, 0),
}


def transfer(payment: Payment, kind: str) -> None:
    for difference in KINDS[kind]:
        _notify(amount=payment.amount + difference, memo=payment.reference)


def _notify(*, amount: int, memo: str) -> None:
    account = settings.BANK_ACCOUNT
    transaction = Transaction(
        account=account, bank="Vietcombank", amount=amount, content=as_banks_write(memo, account)
    )
    body, headers = sepay.seal(sepay.body(transaction), settings.SEPAY_SECRET)
    receive("sepay", headers, body)
    settle({"notification": Notification.objects.latest("pk").pk})
