"""Who watches the account and tells the shop: SePay, PayOS and Casso, one or several at once."""

from collections.abc import Callable
from dataclasses import dataclass

from payments.simulators.bank import casso, payos, sepay
from payments.simulators.bank.transactions import Direction, Transaction
from payments.simulators.deliveries import Delivery, Plan, Request


@dataclass(frozen=True)
class Company:
    """``seal`` signs a body at the moment of sending; ``reports`` are the directions it tells of."""

    name: str
    plan: Plan
    reports: tuple[Direction, ...]
    body: Callable[[Transaction], bytes]
    seal: Callable[[bytes, str], tuple[bytes, dict[str, str]]]


COMPANIES = {
    code: Company(company.NAME, company.PLAN, company.REPORTS, company.body, company.seal)
    for code, company in {"sepay": sepay, "payos": payos, "casso": casso}.items()
}


@dataclass(frozen=True)
class Notifier:
    """One company at work for the shop: ``url`` is the only address it calls."""

    code: str
    url: str
    secret: str

    @property
    def company(self) -> Company:
        return COMPANIES[self.code]

    def tells(self, transaction: Transaction) -> bool:
        return transaction.direction in self.company.reports

    def delivery(
        self, transaction: Transaction, *, first: float, secret: str = "", kept: float = 1
    ) -> Delivery:
        """``secret`` other than its own forges; of the body a share of ``kept`` is sent."""
        raw = self.company.body(transaction)
        sent = raw[: int(len(raw) * kept)]

        def build() -> Request:
            body, headers = self.company.seal(sent, secret or self.secret)
            return Request(self.url, body, headers)

        return Delivery(self.company.name, build, self.company.plan, first)


def notifiers(codes: str, notify: str, secrets: dict[str, str]) -> tuple[Notifier, ...]:
    """The ``codes`` (words with commas). ``notify`` may name the company as ``{notifier}``.

    Raises ValueError for a company that is not known.
    """
    chosen = [code.strip() for code in codes.split(",") if code.strip()]
    if unknown := set(chosen) - COMPANIES.keys():
        raise ValueError(f"no such notifier: {', '.join(sorted(unknown))}")
    return tuple(Notifier(code, notify.replace("{notifier}", code), secrets[code]) for code in chosen)
