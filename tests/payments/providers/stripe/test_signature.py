import time

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from payments.providers.base import InvalidSignature, Verdict
from payments.providers.stripe import signature
from payments.providers.stripe.provider import StripeProvider
from tests.payments.providers.answering import HOSTS
from tests.payments.vectors import vectors

VECTORS = vectors("stripe")
EVENT = VECTORS["payment_intent.succeeded 150000 vnd"]
BODY: bytes = EVENT["inputs"]["payload"].encode()
SECRET: str = EVENT["inputs"]["secret"]
AT: int = EVENT["inputs"]["timestamp"]
HEADER: str = EVENT["expected"]


def verifies(header: str, body: bytes = BODY, *, now: float = AT, secret: str = SECRET) -> bool:
    return signature.verify({"Stripe-Signature": header}, body, secret, now=now)


@pytest.mark.parametrize("vector", [v for v in VECTORS.values() if "timestamp" in v["inputs"]])
def test_what_the_official_library_signed_verifies(vector: dict[str, dict[str, str]]) -> None:
    assert verifies(str(vector["expected"]), vector["inputs"]["payload"].encode())


def test_a_tampered_amount_does_not_verify() -> None:
    tampered = VECTORS["NEG tampered amount"]["inputs"]
    assert not verifies(tampered["header"], tampered["payload"].encode())


@pytest.mark.parametrize(
    "header",
    [
        HEADER.replace("v1=", "v0="),
        f"t={AT},v1={HEADER.partition('v1=')[2].upper()}",
        HEADER.replace("t=", "T="),
        HEADER.replace(f"t={AT}", f"t={AT + 1}"),
        f"t={AT},{HEADER}",
        "t=²,v1=00",
        f"t={AT},v1=é",
        f"t={AT},v1=\udc80",
        "t=,v1=",
        "",
    ],
)
def test_another_header_does_not_verify(header: str) -> None:
    assert not verifies(header)


def test_any_v1_may_match_while_the_secret_is_being_changed() -> None:
    assert verifies(HEADER.replace(",v1=", f",v1={'0' * 64},v1=") + f",v0={'0' * 64}")


@pytest.mark.parametrize("late", [-300, 0, 300])
def test_times_within_five_minutes_either_way_are_taken(late: int) -> None:
    assert verifies(HEADER, now=AT + late)


@pytest.mark.parametrize("late", [-3600, -301, 301, 3600])
def test_older_ones_and_those_from_the_future_are_not(late: int) -> None:
    """The future is where the official library would say yes."""
    assert not verifies(HEADER, now=AT + late)


@pytest.mark.parametrize("secret", ["", " ", "whsec_other"])
def test_another_or_no_secret_does_not_verify(secret: str) -> None:
    header = f"t={AT},v1={signature.sign(BODY, timestamp=AT, secret='')}"
    assert not verifies(header, secret=secret)
    assert not verifies(HEADER, secret=secret)


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_no_tampered_byte_verifies(at: int, change: int) -> None:
    body = BODY[:at] + bytes([BODY[at] ^ change]) + BODY[at + 1 :]
    assert not verifies(HEADER, body)


@given(st.text(min_size=1), st.integers(1, 2**33))
def test_the_official_library_signs_alike(body: str, at: int) -> None:
    raw = body.encode(errors="replace")
    header = stripe.WebhookSignature.generate_signature_header(raw.decode(), SECRET, at)
    assert verifies(header, raw, now=at)


def test_the_notifier_refuses_and_answers_400() -> None:
    rail = StripeProvider(
        url="https://stripe.test", hosts=HOSTS, secret_key="k", webhook_secret=SECRET, minimum=20_000
    )
    fresh = f"t={int(time.time())},v1={signature.sign(BODY, timestamp=int(time.time()), secret=SECRET)}"
    rail.verify({"Stripe-Signature": fresh}, BODY)
    with pytest.raises(InvalidSignature):
        rail.verify({"Stripe-Signature": HEADER}, BODY)
    assert rail.acknowledge(Verdict.FORGED).status == 400
    assert {rail.acknowledge(verdict).status for verdict in set(Verdict) - {Verdict.FORGED}} == {200}
