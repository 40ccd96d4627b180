"""The provider, by the official library, against the simulator: two programs that share no code, over HTTP."""

import dataclasses
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any

import httpx
import pytest

from payments.providers.base import (
    Charge,
    DeclinedPayment,
    NotSent,
    Outcome,
    ProviderError,
    Reason,
    RefundOrder,
    RefundOutcome,
    UnknownRefund,
)
from payments.providers.stripe.client import Client
from payments.providers.stripe.provider import StripeProvider
from tests.payments.providers.answering import HOSTS, Rail, answering, send
from tests.payments.simulators.processes import SITE, Shop, open_shop
from tests.payments.simulators.stripe_process import KEY, WEBHOOK_SECRET, open_stripe


@pytest.fixture
def asked() -> Charge:
    """An attempt opened just now: Stripe counts its half hour from there."""
    now = datetime.now(UTC)
    return Charge(
        reference="BP12345678",
        amount=150_000,
        opened_at=now,
        expires_at=now + timedelta(minutes=15),
        description="Đơn hàng 100001",
        return_url=f"{SITE}/don-hang/100001/",
    )


@pytest.fixture
def answering_rail() -> Iterator[Rail]:
    with answering() as one:
        yield one


@pytest.fixture
def shop() -> Iterator[Shop]:
    with open_shop() as shop:
        yield shop


@pytest.fixture
def api(shop: Shop) -> Iterator[httpx.Client]:
    with open_stripe(shop.url) as client:
        yield client


@pytest.fixture
def rail(api: httpx.Client) -> StripeProvider:
    return make_rail(str(api.base_url))


def make_rail(url: str, *, key: str = KEY, minimum: int = 20_000) -> StripeProvider:
    return StripeProvider(
        url=url, hosts=HOSTS, secret_key=key, webhook_secret=WEBHOOK_SECRET, minimum=minimum
    )


def control(api: httpx.Client, path: str, **order: Any) -> None:
    api.post(f"/control/{path}", json=order).raise_for_status()


def charges(api: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("/control/charges").json()["charges"]
    return found


def paid(rail: StripeProvider, api: httpx.Client, asked: Charge) -> Charge:
    started = rail.start(asked)
    control(api, f"payments/{asked.reference}/pay")
    return dataclasses.replace(asked, provider_reference=started.provider_reference)


def back(charge: Charge, amount: int, key: str = "R1") -> RefundOrder:
    return RefundOrder(key=key, charge=charge, amount=amount, reason="damaged", opened_at=charge.opened_at)


def test_paid_told_and_partly_given_back(
    rail: StripeProvider, api: httpx.Client, shop: Shop, asked: Charge
) -> None:
    started = rail.start(asked)
    assert started.redirect_url.endswith(f"/c/pay/{started.provider_reference}")
    httpx.post(started.redirect_url, data={"act": "pay"}, trust_env=False)
    told = [shop.received.get(timeout=5) for _ in range(2)]
    for headers, body in told:
        rail.verify(headers, body)
    (notice,) = [n for _, body in told if (n := rail.read(body)).outcome is not Outcome.IGNORED]
    assert (notice.outcome, notice.amount, notice.currency) == (Outcome.PAID, 150_000, "VND")
    assert (notice.reference, notice.provider_reference) == (asked.reference, started.provider_reference)
    charge = dataclasses.replace(asked, provider_reference=notice.provider_reference)
    assert rail.refund(back(charge, 50_000)).outcome is RefundOutcome.DONE
    assert [refund["amount"] for refund in charges(api)[0]["refunds"]] == [50_000]


def test_the_same_attempt_started_twice_is_one_session(
    rail: StripeProvider, api: httpx.Client, asked: Charge
) -> None:
    assert rail.start(asked) == rail.start(asked)
    assert len(charges(api)) == 1


def test_another_amount_under_the_same_reference_is_refused(rail: StripeProvider, asked: Charge) -> None:
    rail.start(asked)
    with pytest.raises(ProviderError) as refused:
        rail.start(dataclasses.replace(asked, amount=160_000))
    assert refused.value.permanent


def test_more_than_was_paid_cannot_be_given_back(
    rail: StripeProvider, api: httpx.Client, asked: Charge
) -> None:
    charge = paid(rail, api, asked)
    rail.refund(back(charge, 100_000))
    over = rail.refund(back(charge, 50_001, "R2"))
    assert over.outcome is RefundOutcome.FAILED and "greater than" in over.message
    assert rail.refund(back(charge, 50_000, "R3")).outcome is RefundOutcome.DONE
    assert "already been refunded" in rail.refund(back(charge, 1, "R4")).message


def test_the_same_refund_twice_is_one_even_after_stripe_forgot_the_key(
    rail: StripeProvider, api: httpx.Client, asked: Charge
) -> None:
    charge = paid(rail, api, asked)
    first = rail.refund(back(charge, 50_000))
    control(api, "advance", minutes=25 * 60)
    assert rail.refund(back(charge, 50_000)) == first
    assert len(charges(api)[0]["refunds"]) == 1


@pytest.mark.parametrize("answer", ["lost_after_charge", "half"])
def test_a_lost_answer_to_the_start_is_found_by_our_reference(
    rail: StripeProvider, api: httpx.Client, answer: str, asked: Charge
) -> None:
    control(api, "faults", answer=answer)
    with pytest.raises(ProviderError) as lost:
        rail.start(asked)
    assert not lost.value.permanent
    assert rail.fetch(asked).outcome is Outcome.PENDING
    control(api, f"payments/{asked.reference}/pay", notify="lost")
    found = rail.fetch(asked)
    assert (found.outcome, found.amount) == (Outcome.PAID, 150_000)
    assert found.provider_reference == charges(api)[0]["provider_reference"]


def test_a_payment_stripe_does_not_know(rail: StripeProvider, asked: Charge) -> None:
    assert rail.fetch(asked) is None
    assert rail.fetch(dataclasses.replace(asked, provider_reference="cs_test_of_nobody")) is None


def test_a_lost_answer_to_a_refund_is_found_by_our_key(
    rail: StripeProvider, api: httpx.Client, asked: Charge
) -> None:
    charge = paid(rail, api, asked)
    with pytest.raises(UnknownRefund):
        rail.fetch_refund(back(charge, 50_000))
    control(api, "faults", answer="lost_after_charge")
    with pytest.raises(ProviderError) as lost:
        rail.refund(back(charge, 50_000))
    assert not lost.value.permanent
    assert rail.fetch_refund(back(charge, 50_000)).outcome is RefundOutcome.DONE
    rail.refund(back(charge, 50_000))
    assert len(charges(api)[0]["refunds"]) == 1


def test_a_refund_that_takes_its_time_and_fails(
    rail: StripeProvider, api: httpx.Client, asked: Charge
) -> None:
    charge = paid(rail, api, asked)
    name = rail.refund(back(charge, 50_000)).provider_reference
    order = dataclasses.replace(back(charge, 50_000), provider_reference=name)
    for status, outcome in (("pending", RefundOutcome.IN_TRANSIT), ("failed", RefundOutcome.FAILED)):
        control(api, f"refunds/{name}/{status}")
        assert rail.fetch_refund(order).outcome is outcome


@pytest.mark.parametrize("answer", ["500", "html", "half"])
def test_nonsense_leaves_it_open_what_happened(
    rail: StripeProvider, api: httpx.Client, answer: str, asked: Charge
) -> None:
    charge = paid(rail, api, asked)
    control(api, "faults", answer=answer)
    with pytest.raises(ProviderError) as error:
        rail.fetch(charge)
    assert not error.value.permanent
    assert rail.fetch(charge).outcome is Outcome.PAID


def test_expired_and_declined_sessions_say_why(
    rail: StripeProvider, api: httpx.Client, asked: Charge
) -> None:
    rail.start(asked)
    control(api, f"payments/{asked.reference}/insufficient")
    assert (rail.fetch(asked).outcome, rail.fetch(asked).reason) == (Outcome.PENDING, Reason.INSUFFICIENT)
    control(api, f"payments/{asked.reference}/expire")
    assert (rail.fetch(asked).outcome, rail.fetch(asked).reason) == (Outcome.FAILED, Reason.EXPIRED)


def test_too_small_is_declined_by_us_and_by_stripe(
    rail: StripeProvider, api: httpx.Client, asked: Charge
) -> None:
    with pytest.raises(DeclinedPayment):
        rail.start(dataclasses.replace(asked, amount=19_999))
    with pytest.raises(DeclinedPayment, match="50 cents"):
        make_rail(str(api.base_url), minimum=1).start(dataclasses.replace(asked, amount=5_000))


def test_a_wrong_key_and_nobody_there(api: httpx.Client, asked: Charge) -> None:
    with pytest.raises(ProviderError) as wrong:
        make_rail(str(api.base_url), key="sk_other").start(asked)
    assert wrong.value.permanent
    with pytest.raises(NotSent):
        make_rail("http://127.0.0.1:9").start(asked)


@pytest.mark.parametrize("path", ["/v1/checkout", "/v1/refunds"])
def test_a_refund_is_not_sent_while_the_questions_before_it_fail(
    rail: StripeProvider, api: httpx.Client, asked: Charge, path: str
) -> None:
    charge = paid(rail, api, asked)
    api.post("/control/faults", json={"answer": "500", "path": path}).raise_for_status()
    with pytest.raises(NotSent):
        rail.refund(back(charge, 50_000))
    assert charges(api)[0]["refunds"] == []


def patient(rail: Rail, seconds: float) -> StripeProvider:
    """Stripe at ``rail``, given that long for any one question."""
    provider = make_rail(rail.url)
    provider.client = Client(url=rail.url, hosts=HOSTS, secret_key=KEY, question_seconds=seconds)
    return provider


def fails_within(seconds: float, question: Callable[[], object]) -> None:
    begun = time.monotonic()
    with pytest.raises(ProviderError) as failure:
        question()
    assert not failure.value.permanent
    assert time.monotonic() - begun < seconds


def test_an_answer_that_drips_ends_at_the_limit(answering_rail: Rail, asked: Charge) -> None:
    over = Event()

    def drip(handler: BaseHTTPRequestHandler, fields: dict[str, Any]) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not over.wait(0.05):
            handler.wfile.write(b" ")

    answering_rail.answer = drip
    stripe = patient(answering_rail, 0.4)
    stripe.client._stripe  # noqa: B018  loading the library is no part of the question
    fails_within(2, lambda: stripe.start(asked))
    over.set()


def test_all_pages_of_a_list_are_one_question(answering_rail: Rail, asked: Charge) -> None:
    over = Event()

    def page(handler: BaseHTTPRequestHandler, fields: dict[str, Any]) -> None:
        over.wait(0.3)
        session = {"id": f"cs_{len(answering_rail.asked)}", "object": "checkout.session"}
        more = {"object": "list", "url": "/v1/checkout/sessions", "has_more": True, "data": [session]}
        send(handler, json.dumps(more).encode())

    answering_rail.answer = page
    stripe = patient(answering_rail, 1)
    stripe.client._stripe  # noqa: B018
    fails_within(2, lambda: stripe.fetch(asked))
    over.set()
    assert 1 < len(answering_rail.asked) < 5


def test_a_redirect_is_not_followed(answering_rail: Rail, asked: Charge) -> None:
    with answering() as elsewhere:
        answering_rail.answer = lambda handler, fields: send(
            handler, b"{}", status=307, headers={"Location": elsewhere.url}
        )
        with pytest.raises(ProviderError) as failure:
            make_rail(answering_rail.url).start(asked)
        assert not failure.value.permanent
        assert not elsewhere.asked
        assert len(answering_rail.asked) == 1


@pytest.mark.parametrize("url", [None, "", "http://stripe.test/c", "https://stripe.test.evil.test/c"])
def test_buyers_are_sent_to_a_page_of_stripe_only(
    answering_rail: Rail, asked: Charge, url: str | None
) -> None:
    session = {"id": "cs_1", "object": "checkout.session"}
    answering_rail.says({**session, "url": "https://stripe.test/c"})
    assert make_rail(answering_rail.url).start(asked).redirect_url == "https://stripe.test/c"
    answering_rail.says({**session, "url": url})
    with pytest.raises(ProviderError, match="page of its own"):
        make_rail(answering_rail.url).start(asked)


def test_the_library_is_not_loaded_before_it_is_needed() -> None:
    code = "import sys, payments.providers.stripe.provider; sys.exit('stripe' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
