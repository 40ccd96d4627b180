"""What the tests of all companies with a page do: order an act, look at what was told, tap a button."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from payments.models import Payment
from tests.payments.orders import make_payment
from tests.payments.simulators.processes import opened, start

URLS = {
    "vnpay": {"VNPAY_PAY_URL": "/paymentv2/vpcpay.html", "VNPAY_API_URL": "/merchant_webapi/api/transaction"},
    "momo": {"MOMO_URL": ""},
    "zalopay": {"ZALOPAY_URL": ""},
    "stripe": {"STRIPE_API_URL": ""},
}


@dataclass
class Rail:
    """A pretended company of its own process that the market pays by, with one attempt that has begun."""

    code: str
    gateway: httpx.Client
    payment: Payment

    def page(self, payment: Payment | None = None) -> httpx.Response:
        url = (payment or self.payment).instructions["redirect_url"]
        return self.gateway.get(url, follow_redirects=True)


@contextlib.contextmanager
def open_rail(code: str, *, site: str, settings: Any) -> Iterator[Rail]:
    settings.SITE_URL, settings.PAYMENT_RAILS = site, [code]
    with opened(start(code, "--port", "0", "--site", site)) as gateway:
        for name, path in URLS[code].items():
            setattr(settings, name, f"{str(gateway.base_url).rstrip('/')}{path}")
        yield Rail(code, gateway, make_payment(provider=code))


def control(gateway: httpx.Client, path: str, **order: Any) -> list[dict[str, Any]]:
    answer = gateway.post(f"/control/{path}", json=order).raise_for_status()
    deliveries: list[dict[str, Any]] = answer.json().get("deliveries", [])
    return deliveries


def only_charge(gateway: httpx.Client) -> dict[str, Any]:
    (charge,) = gateway.get("/control/charges").raise_for_status().json()["charges"]
    assert isinstance(charge, dict)
    return charge


def tap(gateway: httpx.Client, page: httpx.Response, act: str, **more: str) -> httpx.Response:
    """Press a button of the page; the answer is the way back to the shop."""
    action = re.search(r'<form action="([^"]+)"', page.text)
    assert action, page.text
    return gateway.post(action[1], data={"act": act, **more})
