"""A pretended VNPAY beside the attacked market: buyers open its page, and it says of payments what it is told to."""

import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import override_settings

from marketplace.embedded.ports import free_port
from marketplace.torture.market import open_market
from marketplace.torture.rails.pretended import PATIENCE, Rail, pretended
from payments.models import Payment
from payments.simulators.gateway.charges import State
from payments.simulators.vnpay.rail import API, PAY

AT_ONCE = 16


@contextmanager
def vnpay_and_market(**extra: str) -> Iterator[tuple[Rail, str]]:
    """Each knows where the other is, and so does this process, whose jobs ask VNPAY too. `extra`: see open_market."""
    port = free_port()
    with pretended("vnpay", market=f"http://127.0.0.1:{port}") as rail:
        places = {"VNPAY_PAY_URL": rail.url + PAY, "VNPAY_API_URL": rail.url + API}
        with open_market(port, **places, **extra) as market, override_settings(**places):
            yield rail, market


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
