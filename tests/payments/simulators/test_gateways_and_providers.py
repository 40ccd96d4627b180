"""The rails' own code against the simulators: two readings of the same documents, over HTTP."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from payments.providers.base import (
    Charge,
    Notice,
    Outcome,
    PaymentProvider,
    Reason,
    RefundOrder,
    RefundOutcome,
    Verdict,
)
from payments.providers.momo.provider import MoMoProvider
from payments.providers.vnpay.provider import VNPayProvider
from payments.providers.zalopay.provider import ZaloPayProvider
from tests.payments.providers.answering import HOSTS
from tests.payments.simulators.gateways import control, only_charge, tap
from tests.payments.simulators.processes import Shop, opened, start

BUILD: dict[str, Callable[[str], Any]] = {
    "vnpay": lambda url: VNPayProvider(
        pay_url=f"{url}/paymentv2/vpcpay.html",
        api_url=f"{url}/merchant_webapi/api/transaction",
        hosts=HOSTS,
        tmn_code="NSBPdemo",
        secret="vnpay-demo-secret",
        minimum=5_000,
        maximum=999_999_999,
    ),
    "momo": lambda url: MoMoProvider(
        url=url,
        hosts=HOSTS,
        partner_code="MOMOdemo",
        access_key="momo-demo-access-key",
        secret="momo-demo-secret",
    ),
    "zalopay": lambda url: ZaloPayProvider(
        url=url,
        hosts=HOSTS,
        app_id=2553,
        key1="zalopay-demo-key1",
        key2="zalopay-demo-key2",
        minimum=1_000,
        maximum=50_000_000,
    ),
}


@dataclass
class Rail:
    """One company at work: our code for it, the simulator, and the shop that it notifies."""

    code: str
    provider: Any
    gateway: httpx.Client
    shop: Shop
    charge: Charge

    def open(self) -> httpx.Response:
        """The page the buyer is sent to."""
        started = self.provider.start(self.charge)
        return self.gateway.get(started.redirect_url, follow_redirects=True)

    def heard(self) -> Notice:
        """The notification, verified and read by our own code."""
        headers, body = self.shop.received.get(timeout=5)
        self.provider.verify(headers, body)
        notice: Notice = self.provider.read(body)
        return notice

    def asked(self) -> Notice:
        notice: Notice = self.provider.fetch(self.charge)
        return notice


@contextmanager
def open_rail(code: str, shop: Shop) -> Iterator[Rail]:
    ipn = f"{shop.site}/thanh-toan/{code}/ipn"
    with opened(start(code, "--port", "0", "--site", shop.site, "--notify", ipn)) as gateway:
        provider: PaymentProvider = BUILD[code](str(gateway.base_url).rstrip("/"))
        now = datetime.now(UTC).replace(microsecond=0)
        charge = Charge(
            reference="BPABCD2345",
            amount=150_000,
            opened_at=now,
            expires_at=now + timedelta(minutes=15),
            description="Đơn hàng 100012",
            return_url=f"{shop.site}/thanh-toan/BPABCD2345/",
            notify_url=ipn,
        )
        yield Rail(code, provider, gateway, shop, charge)


@pytest.fixture(params=sorted(BUILD))
def rail(request: pytest.FixtureRequest, shop: Shop) -> Iterator[Rail]:
    with open_rail(request.param, shop) as opened_rail:
        reply = opened_rail.provider.acknowledge(Verdict.ACCEPTED)
        shop.usual = reply.status
        if reply.body is not None:
            shop.body = httpx.Response(200, json=dict(reply.body)).content
        yield opened_rail


def test_a_payment_is_started_paid_reported_accepted_and_found(rail: Rail) -> None:
    page = rail.open()
    assert "150.000\u00a0₫" in page.text
    assert rail.asked().outcome is Outcome.PENDING
    back = tap(rail.gateway, page, "pay")
    assert back.headers["Location"].startswith(rail.charge.return_url)
    notice = rail.heard()
    assert (notice.outcome, notice.amount, notice.reference) == (Outcome.PAID, 150_000, "BPABCD2345")
    assert notice.provider_reference == only_charge(rail.gateway)["provider_reference"]
    (delivery,) = rail.gateway.get("/control/deliveries").json()["deliveries"]
    assert delivery["delivered"] and len(delivery["attempts"]) == 1
    asked = rail.asked()
    assert (asked.outcome, asked.amount) == (Outcome.PAID, 150_000)
    assert asked.provider_reference == notice.provider_reference


@pytest.mark.parametrize(
    ("act", "outcome", "reason"),
    [
        ("cancel", Outcome.FAILED, Reason.CANCELLED),
        ("expire", Outcome.FAILED, Reason.EXPIRED),
        ("insufficient", Outcome.FAILED, Reason.INSUFFICIENT),
        ("fraud", Outcome.PENDING, Reason.HELD),
        ("bank_error", Outcome.FAILED, Reason.REFUSED),
        ("reverse", Outcome.FAILED, None),
    ],
)
def test_what_does_not_pay_is_never_taken_for_paid(
    rail: Rail, act: str, outcome: Outcome, reason: Reason | None
) -> None:
    rail.open()
    control(rail.gateway, f"payments/{rail.charge.reference}/{act}")
    asked = rail.asked()
    assert asked.outcome is outcome
    reported = rail.heard() if not rail.shop.received.empty() else asked
    assert reported.outcome is outcome
    # VNPAY's answer to a query has a status, but not why: only its report says.
    if reason:
        assert reported.reason is reason


def test_a_forged_report_is_not_believed(rail: Rail) -> None:
    rail.open()
    control(rail.gateway, "payments/BPABCD2345/pay", notify="wrong_signature")
    with pytest.raises(Exception, match="signature"):
        rail.heard()


def test_a_part_and_then_the_rest_are_given_back_once(rail: Rail) -> None:
    tap(rail.gateway, rail.open(), "pay")
    charge = replace(rail.charge, provider_reference=rail.heard().provider_reference)
    part = RefundOrder(
        key="r:1", charge=charge, amount=50_000, reason="Thiếu cân", opened_at=charge.opened_at
    )
    rest = RefundOrder(
        key="r:2", charge=charge, amount=100_000, reason="Hết hàng", opened_at=charge.opened_at
    )
    for order in (part, part, rest):
        assert rail.provider.refund(order).outcome in (RefundOutcome.DONE, RefundOutcome.IN_TRANSIT)
    refunds = only_charge(rail.gateway)["refunds"]
    assert [refund["amount"] for refund in refunds] == [50_000, 100_000]
    control(rail.gateway, "advance", minutes=11)
    number = refunds[-1]["number"] if rail.code == "vnpay" else ""
    assert rail.provider.fetch_refund(replace(rest, provider_reference=number)).outcome is RefundOutcome.DONE
