"""PayOS watches the bank account that VietQR transfers go to, and calls us for each one that comes in.

We ask PayOS for no payment links: its link carries a memo of its own and may name another account, while our
QR code is drawn without asking anybody. So ``orderCode`` is not ours, and the memo joins the two.
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
from payments.providers.payos import signature
from payments.providers.vietqr.memo import find_code


class PayOSNotifier(Notifier):
    """Believes only what is signed with ``checksum_key``; when PayOS tries again is [UNCONFIRMED]."""

    code = "payos"
    evidence = ("User-Agent",)

    def __init__(self, *, checksum_key: str) -> None:
        self.checksum_key = checksum_key

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        return cls(checksum_key=settings.PAYOS_CHECKSUM_KEY)

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        try:
            said = fields.parse(body)
        except UnreadableNotification as error:
            raise InvalidSignature(str(error)) from error
        if not signature.verify(said, self.checksum_key):
            raise InvalidSignature

    def read(self, body: bytes) -> Notice:
        data = fields.nested(fields.parse(body), "data")
        memo, bank_reference = fields.text(data, "description"), fields.required(data, "reference")
        link = fields.text(data, "paymentLinkId")
        if (currency := fields.required(data, "currency")) != "VND":
            raise UnreadableNotification(f"{currency} is not VND")
        return Notice(
            event_id=f"{link[:60]}:{bank_reference[:60]}",
            outcome=Outcome.PAID if data.get("code") == "00" else Outcome.IGNORED,
            amount=fields.whole(data, "amount", least=1),
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
