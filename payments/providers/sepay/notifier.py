"""SePay watches the bank account that VietQR transfers go to, and calls us for each transaction."""

from collections.abc import Mapping
from typing import Any, Self

from payments.providers.base import (
    InvalidSignature,
    Notice,
    Notifier,
    Outcome,
    Reply,
    UnreadableNotification,
    Verdict,
)
from payments.providers.sepay import notice, signature
from payments.providers.vietqr.memo import find_code


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
        try:
            transfer = notice.parse(body)
        except notice.InvalidNotice as error:
            raise UnreadableNotification(str(error)) from error
        incoming = transfer.transfer_type is notice.TransferType.IN
        return Notice(
            event_id=str(transfer.id),
            outcome=Outcome.PAID if incoming else Outcome.IGNORED,
            amount=transfer.amount,
            occurred_at=transfer.transaction_date,
            reference=find_code(f"{transfer.code} {transfer.content}") or "",
            account=transfer.account_number,
            bank_reference=transfer.reference_code,
            memo=transfer.content,
        )

    def acknowledge(self, verdict: Verdict) -> Reply:
        """2xx stops the retries, so only what another try could mend is answered otherwise.

        A bad signature is answered 401: SePay's own try with a fresh timestamp may still be good.
        """
        if verdict is Verdict.FORGED:
            return Reply(status=401, body={"success": False})
        return Reply(status=200, body={"success": True})
