"""The bank and those who watch it: what the pages and the control API act on."""

import threading
from dataclasses import dataclass, replace

from payments.simulators.bank.notifiers import Notifier
from payments.simulators.bank.transactions import Transaction
from payments.simulators.bank.transfers import Kind, Transfer, plan, transactions
from payments.simulators.bank.vietqr import Scanned
from payments.simulators.courier import Courier
from payments.simulators.deliveries import Clock, Delivery


@dataclass(frozen=True)
class Config:
    """``site_url`` (no final /) is the only shop linked to."""

    notifiers: tuple[Notifier, ...]
    site_url: str


@dataclass(frozen=True)
class Receipt:
    """One tap and what became of it; ``checked_at``: when the payer's bank has looked into it, by our clock."""

    transfer: Transfer
    deliveries: list[Delivery]
    back: str
    checked_at: float


class Simulator:
    def __init__(self, config: Config) -> None:
        self.config = config
        self.courier = Courier(Clock())
        self._account: list[tuple[float, Transaction]] = []
        self._receipts: dict[str, Receipt] = {}
        self._taps = threading.Lock()

    @property
    def booked(self) -> list[Transaction]:
        """What is on the account by now."""
        now = self.courier.clock.now()
        return [transaction for arrives, transaction in self._account if arrives <= now]

    def pay(self, kind: Kind, scanned: Scanned, *, back: str, token: str) -> str:
        """Carry out a tap; returns the receipt's name. The same button tapped twice pays once."""
        name = f"{token}-{kind}"
        with self._taps:
            if name not in self._receipts:
                self._receipts[name] = self._carry_out(plan(kind, scanned), self.safe_return(back))
        self.courier.settle()
        return name

    def _carry_out(self, transfer: Transfer, back: str) -> Receipt:
        checked_at = self.courier.clock.now() + transfer.check_minutes * 60
        deliveries = [
            delivery
            for transaction in transactions(transfer)
            for delivery in self.book(
                transaction, delay_minutes=transfer.delay_minutes, check_minutes=transfer.check_minutes
            )
        ]
        return Receipt(transfer, deliveries, back, checked_at)

    def book(
        self,
        transaction: Transaction,
        *,
        delay_minutes: float = 0,
        check_minutes: float = 0,
        copies: int = 1,
        only: tuple[str, ...] = (),
        apart_minutes: float = 0,
        secret: str = "",
        kept: float = 1,
        reported_amount: int = 0,
    ) -> list[Delivery]:
        """Put it on the account after ``check_minutes``, and have it told ``delay_minutes`` after that.

        ``copies`` times by each notifier (or by ``only`` those), one ``apart_minutes`` after the other; ``kept`` is
        the share of the body that is sent.

        ``reported_amount``: the đồng that they tell of, if not those that were booked.
        """
        arrives = self.courier.clock.now() + check_minutes * 60
        self._account.append((arrives, transaction))
        told = replace(transaction, amount=reported_amount or transaction.amount)
        first = arrives + delay_minutes * 60
        deliveries = [
            notifier.delivery(told, first=first + copy * apart_minutes * 60, secret=secret, kept=kept)
            for notifier in self.config.notifiers
            if notifier.tells(transaction) and (not only or notifier.code in only)
            for copy in range(copies)
        ]
        for delivery in deliveries:
            self.courier.add(delivery)
        return deliveries

    def receipt(self, name: str) -> Receipt | None:
        return self._receipts.get(name)

    def hurry(self, receipt: Receipt) -> None:
        """Put the clock forward to the next attempt of this receipt's deliveries, or to the end of its check."""
        due = [delivery.due for delivery in receipt.deliveries if delivery.due is not None]
        next_moment = min(due, default=receipt.checked_at)
        self.courier.advance(max(0.0, next_moment - self.courier.clock.now()))
        self.courier.settle()

    def is_checked(self, receipt: Receipt) -> bool:
        return receipt.checked_at <= self.courier.clock.now()

    def safe_return(self, url: str) -> str:
        """``url`` if it leads to the shop, else empty: a link from elsewhere must not borrow our page."""
        return url if url.startswith(f"{self.config.site_url}/") else ""
