"""A small redirect rail with a signature of its own: what a later provider will look like to the spine."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Self
from urllib.parse import unquote_to_bytes

from django.db import connection

from payments.providers.base import (
    Charge,
    InvalidSignature,
    Notice,
    Notifier,
    Outcome,
    PaymentProvider,
    ProviderError,
    Reason,
    RefundOrder,
    RefundOutcome,
    RefundResult,
    Reply,
    Start,
    Verdict,
)

SECRET = b"of the test rail"


class ScriptedRail(PaymentProvider, Notifier):
    """Notifications are JSON {"id", "reference", "outcome", "amount"} with header X-Sign.

    What it is to answer and what it was asked are kept on the class, since every question builds a rail of its
    own; the fixture ``scripted_rail`` begins with a clean one.
    """

    code = "testrail"
    supports_refund = True
    label = help = "Test rail"  # type: ignore[assignment]
    maximum = 10_000_000

    error: ClassVar[ProviderError | None] = None
    notice: ClassVar[Notice | None] = None
    result: ClassVar[RefundResult | None] = None
    started: ClassVar[list[Charge]] = []
    asked: ClassVar[list[Charge]] = []
    refunds: ClassVar[list[RefundOrder]] = []
    was_in_transaction: ClassVar[bool] = False

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        return cls()

    @classmethod
    def forget(cls) -> None:
        cls.error = cls.notice = cls.result = None
        cls.started, cls.asked, cls.refunds, cls.was_in_transaction = [], [], [], False

    def _hear(self) -> None:
        ScriptedRail.was_in_transaction |= connection.in_atomic_block
        if self.error:
            raise self.error

    def start(self, charge: Charge) -> Start:
        self.started.append(charge)
        self._hear()
        return Start(redirect_url=f"https://rail.test/{charge.reference}", provider_reference="R1")

    def fetch(self, charge: Charge) -> Notice | None:
        self.asked.append(charge)
        self._hear()
        return self.notice

    def fetch_refund(self, order: RefundOrder) -> RefundResult:
        self._hear()
        assert self.result
        return self.result

    def refund(self, order: RefundOrder) -> RefundResult:
        self.refunds.append(order)
        self._hear()
        return self.result or RefundResult(
            outcome=RefundOutcome.DONE, provider_reference=f"back-{order.amount}"
        )

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
            provider_reference=said.get("number", ""),
            reason=Reason(said.get("reason", "")),
        )

    def acknowledge(self, verdict: Verdict) -> Reply:
        return Reply(status=200, body={"code": "00" if verdict is Verdict.ACCEPTED else "97"})


class QueryRail(ScriptedRail):
    """Reports by GET, the JSON quoted as its query string, and hears in the answer what became of it."""

    code = "queryrail"
    reports_in_query = settles_first = True

    def read(self, body: bytes) -> Notice:
        return replace(super().read(unquote_to_bytes(body)), occurred_at=datetime(2026, 1, 1, tzinfo=UTC))

    def acknowledge(self, verdict: Verdict) -> Reply:
        return Reply(status=200, body={"verdict": verdict.value})


def sign(body: bytes) -> str:
    return hmac.new(SECRET, body, "sha256").hexdigest()
