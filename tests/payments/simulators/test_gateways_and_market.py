"""The pretended VNPAY, MoMo and ZaloPay pay the market: programs that share no code, over HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from pytest_django.live_server_helper import LiveServer

from payments.models import Notification, Payment
from tests.payments.orders import TOTAL, make_payment, reread
from tests.payments.simulators.gateways import control, tap
from tests.payments.simulators.processes import opened, start

pytestmark = pytest.mark.django_db(transaction=True)
URLS = {
    "vnpay": {"VNPAY_PAY_URL": "/paymentv2/vpcpay.html", "VNPAY_API_URL": "/merchant_webapi/api/transaction"},
    "momo": {"MOMO_URL": ""},
    "zalopay": {"ZALOPAY_URL": ""},
}


@dataclass
class Rail:
    code: str
    gateway: httpx.Client
    payment: Payment

    def page(self) -> httpx.Response:
        url = self.payment.instructions["redirect_url"]
        return httpx.get(url, follow_redirects=True, trust_env=False)


@pytest.fixture(params=sorted(URLS))
def rail(request: pytest.FixtureRequest, live_server: LiveServer, settings: Any) -> Iterator[Rail]:
    code = request.param
    settings.SITE_URL = live_server.url
    settings.PAYMENT_RAILS = [code]
    with opened(start(code, "--port", "0", "--site", live_server.url)) as gateway:
        for name, path in URLS[code].items():
            setattr(settings, name, f"{str(gateway.base_url).rstrip('/')}{path}")
        yield Rail(code, gateway, make_payment(provider=code))


def test_a_buyer_pays_and_the_order_is_confirmed_before_the_way_back(rail: Rail) -> None:
    page = rail.page()
    assert rail.payment.reference in page.text
    back = tap(rail.gateway, page, "pay")
    assert (reread(rail.payment).state, reread(rail.payment).received) == ("confirmed", TOTAL)
    (delivery,) = rail.gateway.get("/control/deliveries").json()["deliveries"]
    (attempt,) = delivery["attempts"]
    assert (attempt["accepted"], attempt["error"]) == (True, "")
    answer = httpx.get(back.headers["Location"], trust_env=False)
    assert (answer.status_code, "/don-hang/" in answer.headers["Location"]) == (302, True)


@pytest.mark.parametrize("act", ["cancel", "expire", "insufficient", "fraud", "reverse"])
def test_what_does_not_pay_does_not_confirm(rail: Rail, act: str) -> None:
    tap(rail.gateway, rail.page(), act)
    assert reread(rail.payment).state in ("pending", "failed")
    assert reread(rail.payment).received == 0


def test_told_twice_is_paid_once(rail: Rail) -> None:
    rail.page()
    control(rail.gateway, f"payments/{rail.payment.reference}/pay", notify="twice")
    assert (reread(rail.payment).state, reread(rail.payment).received) == ("confirmed", TOTAL)


def test_a_forged_report_pays_nothing(rail: Rail) -> None:
    rail.page()
    control(rail.gateway, f"payments/{rail.payment.reference}/pay", notify="wrong_signature")
    assert reread(rail.payment).received == 0
    assert set(Notification.objects.values_list("verdict", flat=True)) <= {"forged"}


def test_a_wrong_amount_never_confirms(rail: Rail) -> None:
    rail.page()
    control(rail.gateway, f"payments/{rail.payment.reference}/pay", notify={"wrong_amount": 1_000})
    assert reread(rail.payment).state != "confirmed"
