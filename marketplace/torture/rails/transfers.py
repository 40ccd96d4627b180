"""Bank transfers to the market's account, at a pretended bank that is a process of its own."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings

from marketplace.torture.market import AT_ONCE
from marketplace.torture.rails.pretended import Rail, pretended
from payments.models import Payment
from payments.providers.vietqr.payload import build


def book_transfer(bank: Rail, memo: str, amount: int, **how: object) -> None:
    """`amount` đồng arrive, and the market is told; `how`: see Rail.book."""
    code = build(bank_bin=settings.BANK_BIN, account=settings.BANK_ACCOUNT, amount=amount)
    bank.book(code, memo, **how)


def pay_all(market: str, payments: Iterable[Payment]) -> None:
    """Buyers send what they owe, several at once; the market has been told of each when this returns."""
    with pretended("bank", market=market) as bank, ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda payment: book_transfer(bank, payment.reference, payment.amount), payments))
