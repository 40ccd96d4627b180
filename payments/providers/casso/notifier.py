"""Casso watches the bank account that VietQR transfers go to, and calls us for each transaction."""

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
from payments.providers.casso import signature
from payments.providers.vietqr.memo import find_code


class CassoNotifier(Notifier):
    """Believes only what is signed with ``secret`` (webhook v2); its plan of retries is [UNCONFIRMED]."""

    code = "casso"
    evidence = ("X-Casso-Signature", "User-Agent")

    def __init__(self, *, secret: str) -> None:
        self.secret = secret

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        return cls(secret=settings.CASSO_SECRET)

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        if not signature.verify(headers, body, self.secret):
            raise InvalidSignature

    def read(self, body: bytes) -> Notice:
        data = fields.nested(fields.parse(body), "data")
        amount = fields.whole(data, "amount", least=-fields.LARGEST_INTEGER)
        if not amount:
            raise UnreadableNotification("a transaction of 0 đồng")
        memo, bank_reference = fields.text(data, "description"), fields.required(data, "reference")
        return Notice(
            event_id=f"{fields.whole(data, 'id')}:{bank_reference[:80]}",
            # Money that leaves the account has a minus.
            outcome=Outcome.PAID if amount > 0 else Outcome.IGNORED,
            amount=abs(amount),
            occurred_at=fields.local_time(data, "transactionDateTime", "%Y-%m-%d %H:%M:%S"),
            reference=find_code(memo) or "",
            account=fields.required(data, "accountNumber"),
            bank_reference=bank_reference,
            memo=memo,
        )

    def acknowledge(self, verdict: Verdict) -> Reply:
        if verdict is Verdict.FORGED:
            return Reply(status=401, body={"success": False})
        return Reply(status=200, body={"success": True})
