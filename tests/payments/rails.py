"""A small redirect rail with a signature of its own: what a later provider will look like to the spine."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import unquote_to_bytes

from payments.providers.base import (
    Charge,
    InvalidSignature,
    Notice,
    Notifier,
    Outcome,
    PaymentProvider,
    RefundOrder,
    RefundOutcome,
    RefundResult,
    Reply,
    Start,
    Verdict,
)

SECRET = b"of the test rail"


class TestRail(PaymentProvider, Notifier):
    """Notifications are JSON {"id", "reference", "outcome", "amount"} with header X-Sign."""

    __test__ = False
    code = "testrail"
    supports_refund = True
    label = help = "Test rail"  # type: ignore[assignment]
    maximum = 10_000_000

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        return cls()

    def start(self, charge: Charge) -> Start:
        return Start(redirect_url=f"https://rail.test/{charge.reference}", provider_reference="R1")

    def refund(self, order: RefundOrder) -> RefundResult:
        return RefundResult(outcome=RefundOutcome.DONE, provider_reference=f"back-{order.amount}")

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        if not hmac.compare_digest(headers.get("X-Sign", ""), sign(body)):
            raise InvalidSignature

    def read(self, body: bytes) -> Notice:
        said = json.loads(body)
        return Notice(
            event_id=said["id"],
            outcome=Outcome(said["outcome"]),
            amount=said["amount"],
            currency=said.get("currency", "VND"),
            occurred_at=datetime.now(UTC).replace(microsecond=0),
            reference=said["reference"],
        )

    def acknowledge(self, verdict: Verdict) -> Reply:
        return Reply(status=200, body={"code": "00" if verdict is Verdict.ACCEPTED else "97"})


class QueryRail(TestRail):
    """Reports by GET, the JSON quoted as its query string, and hears in the answer what became of it."""

    code = "queryrail"
    reports_in_query = settles_first = True

    def read(self, body: bytes) -> Notice:
        return replace(super().read(unquote_to_bytes(body)), occurred_at=datetime(2026, 1, 1, tzinfo=UTC))

    def acknowledge(self, verdict: Verdict) -> Reply:
        return Reply(status=200, body={"verdict": verdict.value})


def sign(body: bytes) -> str:
    return hmac.new(SECRET, body, "sha256").hexdigest()
