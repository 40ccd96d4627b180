"""One example of the machine: a market, undone afterwards, where a step that a service refuses changes nothing."""

import itertools
from collections.abc import Callable
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from farmers.partner.exceptions import InsufficientStock
from farmers.partner.models import StockRecord
from marketplace.accounts.models import User
from marketplace.order.exceptions import IllegalMove
from marketplace.outbox.delivery import deliver_due
from marketplace.torture import farms
from marketplace.torture.market import durable_products
from marketplace.torture.messages import Message
from marketplace.torture.payout_run import APPROVER, MAKER
from payments.exceptions import PaymentError
from payments.notifications import receive
from payments.payouts.exceptions import PayoutError

REFUSALS = (IllegalMove, InsufficientStock, PaymentError, PayoutError)
WORDS = "Hàng bị dập"
PICK = st.integers(0, 10_000)


def chosen(rows: Any, at: int) -> Any:
    """One of the rows, or None when there are none."""
    found = list(rows.order_by("pk"))
    return found[at % len(found)] if found else None


class Example(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.keys = itertools.count(1)
        self.told: set[int] = set()
        self.is_new = True
        self.outer = transaction.atomic()
        self.outer.__enter__()

    @initialize()
    def people(self) -> None:
        self.maker, self.approver = (User.objects.get(phone=phone) for phone in (MAKER, APPROVER))
        self.shelf = durable_products(4)
        for record in StockRecord.objects.filter(product__in=self.shelf):
            farms.give_account(record.partner)
            StockRecord.objects.filter(pk=record.pk).update(num_in_stock=5)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def attempt(self, do: Callable[[], object]) -> None:
        """What is refused is undone and leaves nothing new to look at; what follows from the rest is done at once."""
        try:
            with transaction.atomic():
                do()
        except REFUSALS:
            return
        self.is_new = True
        while deliver_due():
            pass

    def hear(self, message: Message) -> None:
        path, _, query = message.target.partition("?")
        code = path.split("/")[2]
        self.attempt(lambda: receive(code, message.headers, message.body or query.encode()))
