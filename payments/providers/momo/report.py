"""What MoMo says of a payment: the signed POST to our IPN address, and the answer to a query."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self

from payments.providers import fields
from payments.providers.base import (
    InvalidSignature,
    Notice,
    Notifier,
    ProviderError,
    Reply,
    UnreadableNotification,
    Verdict,
)
from payments.providers.momo import codes, signature


class MoMoNotifier(Notifier):
    """MoMo waits 15 seconds for HTTP 204 without a body; when it calls again is not published."""

    code = "momo"
    evidence = ("User-Agent",)

    def __init__(self, *, partner_code: str, access_key: str, secret: str) -> None:
        self.partner_code = partner_code
        self.access_key = access_key
        self.secret = secret

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        return cls(
            partner_code=settings.MOMO_PARTNER_CODE,
            access_key=settings.MOMO_ACCESS_KEY,
            secret=settings.MOMO_SECRET,
        )

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        try:
            said = fields.parse(body)
        except UnreadableNotification as error:
            raise InvalidSignature(str(error)) from error
        if not signature.verify({**said, "accessKey": self.access_key}, signature.IPN, self.secret):
            raise InvalidSignature
        if said["partnerCode"] != self.partner_code:
            raise InvalidSignature("signed for another partner")

    def read(self, body: bytes) -> Notice:
        return _notice(fields.parse(body))

    def acknowledge(self, verdict: Verdict) -> Reply:
        return Reply(status=401 if verdict is Verdict.FORGED else 204, body=None)


def read_answer(said: Mapping[str, object]) -> Notice:
    """The answer to a query, which names the refunds too. Raises ProviderError."""
    try:
        return replace(_notice(said), given_back=_given_back(said))
    except UnreadableNotification as error:
        raise ProviderError(f"MoMo's answer cannot be read: {error}", permanent=False) from error


def _given_back(said: Mapping[str, object]) -> int:
    """đồng, by us or by a person on MoMo's own pages. What ``refundTrans`` holds is not documented any closer."""
    rows = said.get("refundTrans")
    refunds = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return sum(fields.whole(row, "amount") for row in refunds if row.get("resultCode") == codes.OK)


def _notice(said: Mapping[str, object]) -> Notice:
    code, amount, transaction = (fields.whole(said, name) for name in ("resultCode", "amount", "transId"))
    reference = fields.reference(fields.required(said, "orderId"))
    outcome, reason = codes.outcome(code)
    return Notice(
        event_id=f"{reference}:{transaction}:{code}:{amount}",
        outcome=outcome,
        amount=amount,
        occurred_at=fields.millisecond_time(said, "responseTime"),
        reference=reference,
        provider_reference=str(transaction) if transaction else "",
        reason=reason,
    )
