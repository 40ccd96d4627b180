"""A pretended VNPAY: buyers open its page, and it says of payments what it is told to."""

import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

from marketplace.torture.rails.pretended import PATIENCE, Rail
from payments.models import Payment
from payments.simulators.gateway.charges import State

AT_ONCE = 16


def open_pages(payments: Sequence[Payment]) -> None:
    """Every buyer goes where the market sent the browser: before that VNPAY knows of no payment."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(_open, [payment.instructions["redirect_url"] for payment in payments]))


def _open(page: str) -> None:
    urllib.request.urlopen(page, timeout=PATIENCE).close()


def say(rail: Rail, states: Sequence[tuple[Payment, State]]) -> list[tuple[str, str]]:
    """Many at once; our reference, and what VNPAY was answered, of each notification that came of it.

    Who pays has paid. Everything else is only said.
    """

    def order(one: tuple[Payment, State]) -> None:
        payment, state = one
        if state is State.PAID:
            rail.pay(payment.reference)
        else:
            rail.say(payment.reference, state)

    before = len(rail.deliveries())
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(order, states))
    return [(_reference(one), _answer(one)) for one in rail.deliveries()[before:]]


def _reference(delivery: dict[str, Any]) -> str:
    return parse_qs(urlsplit(delivery["url"]).query)["vnp_TxnRef"][0]


def _answer(delivery: dict[str, Any]) -> str:
    """The market's RspCode, of which VNPAY remarks on every one but 00; more than one where it had to call again."""
    remarks = [attempt["error"].removeprefix("RspCode ") for attempt in delivery["attempts"]]
    return ", ".join(remark or "00" for remark in remarks)
