"""SePay watches the bank account that VietQR transfers go to, and calls us for each transaction.

Source: developer.sepay.vn/en/sepay-webhooks (fields of tich-hop-webhook, read 2026-11).
"""

from collections.abc import Mapping
from typing import Any, Self

from payments.providers import fields
from payments.providers.base import (
    InvalidSignature,
    Notice,
    Notifier,
    Outcome,
    Reply,
    UnreadableNotification,
    Verdict,
)
from payments.providers.sepay import signature
from payments.providers.vietqr.memo import find_code

_OUTCOMES = {"in": Outcome.PAID, "out": Outcome.IGNORED}
"""By the direction seen from our account."""


class SePayNotifier(Notifier):
    """Believes only what is signed with ``secret``; retries are SePay's (8 tries over 33 minutes)."""

    code = "sepay"
    evidence = ("X-SePay-Signature", "X-SePay-Timestamp", "User-Agent")

    def __init__(self, *, secret: str) -> None:
        self.secret = secret

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        return cls(secret=settings.SEPAY_SECRET)

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        if not signature.verify(headers, body, self.secret):
            raise InvalidSignature

    def read(self, body: bytes) -> Notice:
        said = fields.parse(body)
        direction, memo = fields.text(said, "transferType"), fields.text(said, "content")
        if direction not in _OUTCOMES:
            raise UnreadableNotification(f"transferType {direction!r} is neither in nor out")
        return Notice(
            event_id=str(fields.whole(said, "id", least=1)),
            outcome=_OUTCOMES[direction],
            amount=fields.whole(said, "transferAmount", least=1),
            occurred_at=fields.local_time(said, "transactionDate", "%Y-%m-%d %H:%M:%S"),
            reference=find_code(f"{fields.text(said, 'code')} {memo}") or "",
            account=fields.required(said, "accountNumber"),
            bank_reference=fields.text(said, "referenceCode"),
            memo=memo,
        )

    def acknowledge(self, verdict: Verdict) -> Reply:
        """2xx stops the retries, so only what another try could mend is answered otherwise.

        A bad signature is answered 401: SePay's own try with a fresh timestamp may still be good.
        """
        if verdict is Verdict.FORGED:
            return Reply(status=401, body={"success": False})
        return Reply(status=200, body={"success": True})
