"""The bank and SePay together: what the pages and the control API act on."""

import threading
from dataclasses import dataclass

from payments.simulators.bank.deliveries import Clock, Courier, Delivery
from payments.simulators.bank.transfers import Kind, Transfer, plan, send
from payments.simulators.bank.vietqr import Scanned

SETTLE_SECONDS = 10
"""How long a tap waits for the shop's first answer before the page says "being sent"."""


@dataclass(frozen=True)
class Config:
    """``notify_url`` is the only address ever called, ``site_url`` (no final /) the only one linked to."""

    notify_url: str
    site_url: str
    secret: str


@dataclass(frozen=True)
class Receipt:
    """One tap and what became of it."""

    transfer: Transfer
    deliveries: list[Delivery]
    back: str


class Simulator:
    def __init__(self, config: Config) -> None:
        self.config = config
        self.courier = Courier(config.notify_url, Clock())
        self._receipts: dict[str, Receipt] = {}
        self._taps = threading.Lock()

    def pay(self, kind: Kind, scanned: Scanned, *, back: str, token: str) -> str:
        """Carry out a tap; returns the receipt's name. The same button tapped twice pays once."""
        name = f"{token}-{kind}"
        with self._taps:
            if name not in self._receipts:
                transfer = plan(kind, scanned)
                deliveries = send(transfer, self.courier, self.config.secret)
                self._receipts[name] = Receipt(transfer, deliveries, self.safe_return(back))
        self.courier.settle(SETTLE_SECONDS)
        return name

    def receipt(self, name: str) -> Receipt | None:
        return self._receipts.get(name)

    def hurry(self, receipt: Receipt) -> None:
        """Put the clock forward to the next attempt of this receipt's deliveries."""
        due = [delivery.due for delivery in receipt.deliveries if delivery.due is not None]
        if due:
            self.courier.advance(max(0.0, min(due) - self.courier.clock.now()))
            self.courier.settle(SETTLE_SECONDS)

    def safe_return(self, url: str) -> str:
        """``url`` if it leads to the shop, else empty: a link from elsewhere must not borrow our page."""
        return url if url.startswith(f"{self.config.site_url}/") else ""
