"""SePay and Stripe read the moment and the headers alike, however a caller writes them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from payments.providers.sepay import signature as sepay
from payments.providers.stripe import signature as stripe
from payments.providers.webhooks import header
from tests.payments.vectors import vectors

Verify = Callable[..., bool]
_SEPAY = vectors("sepay")["exact payment"]
_STRIPE = vectors("stripe")["payment_intent.succeeded 150000 vnd"]
CASES: dict[str, tuple[Verify, dict[str, str], bytes, str, int]] = {
    "sepay": (
        sepay.verify,
        {
            "X-SePay-Signature": _SEPAY["expected"],
            "X-SePay-Timestamp": _SEPAY["inputs"]["X-SePay-Timestamp"],
        },
        _SEPAY["inputs"]["raw_body"].encode(),
        _SEPAY["inputs"]["secret"],
        int(_SEPAY["inputs"]["X-SePay-Timestamp"]),
    ),
    "stripe": (
        stripe.verify,
        {"Stripe-Signature": _STRIPE["expected"]},
        _STRIPE["inputs"]["payload"].encode(),
        _STRIPE["inputs"]["secret"],
        _STRIPE["inputs"]["timestamp"],
    ),
}
Case = tuple[Verify, dict[str, str], bytes, str, int]
MOMENTS: list[Callable[[float], Any]] = [
    int,
    float,
    lambda at: datetime.fromtimestamp(at, UTC),
    lambda at: datetime.fromtimestamp(at, timezone(timedelta(hours=7))),
]


@pytest.fixture(params=sorted(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_moment_is_seconds_or_an_aware_datetime(case: Case, moment: Callable[[float], Any]) -> None:
    verify, headers, body, secret, at = case
    for late, fresh in ((-301, False), (-300, True), (0, True), (300, True), (301, False)):
        assert verify(headers, body, secret, now=moment(at + late)) is fresh


def test_a_naive_moment_is_refused(case: Case) -> None:
    verify, headers, body, secret, at = case
    with pytest.raises(TypeError):
        verify(headers, body, secret, now=datetime.fromtimestamp(at, UTC).replace(tzinfo=None))


@pytest.mark.parametrize("spell", [str.lower, str.upper, str.title])
def test_headers_are_read_in_any_case(case: Case, spell: Callable[[str], str]) -> None:
    verify, headers, body, secret, at = case
    assert verify({spell(name): value for name, value in headers.items()}, body, secret, now=at)


def test_a_header_that_is_given_twice_is_not_believed() -> None:
    assert header({"X-One": "a", "x-one": "a"}, "X-One") == ""
    assert header({"X-ONE": "a"}, "x-One") == "a"
