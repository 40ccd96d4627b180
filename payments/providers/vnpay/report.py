"""What VNPAY says of a payment: the signed GET to our IPN address, and the answer to querydr."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import parse_qsl

from payments.providers import fields
from payments.providers.base import (
    Charge,
    InvalidSignature,
    Notice,
    Notifier,
    Outcome,
    ProviderError,
    Reply,
    UnreadableNotification,
    Verdict,
)
from payments.providers.vnpay import codes, signature
from payments.providers.vnpay.client import HUNDREDTHS, STAMP

_OTHER = ("99", "Unknown error")
_ANSWERS = {
    Verdict.ACCEPTED: ("00", "Confirm Success"),
    Verdict.REPEATED: ("02", "Order already confirmed"),
    Verdict.UNKNOWN_PAYMENT: ("01", "Order not found"),
    Verdict.AMOUNT_DIFFERS: ("04", "Invalid amount"),
    Verdict.FORGED: ("97", "Invalid signature"),
    Verdict.UNREADABLE: _OTHER,
}
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""VNPAY may leave out when a payment that failed did so."""


class VNPayNotifier(Notifier):
    """VNPAY calls at most ten times, five minutes apart, until it hears 00 or 02."""

    code = "vnpay"
    evidence = ("User-Agent",)
    reports_in_query = True
    settles_first = True

    def __init__(self, *, tmn_code: str, secret: str) -> None:
        self.tmn_code = tmn_code
        self.secret = secret

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        return cls(tmn_code=settings.VNPAY_TMN_CODE, secret=settings.VNPAY_SECRET)

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        said = _query(body)
        if said is None:
            raise InvalidSignature("not a query, or a field appears twice")
        if not signature.verify_query(said, self.secret):
            raise InvalidSignature
        if said.get("vnp_TmnCode") != self.tmn_code:
            raise InvalidSignature("signed for another terminal")

    def read(self, body: bytes) -> Notice:
        said = _query(body)
        if said is None:
            raise UnreadableNotification("not a query, or a field appears twice")
        signed = signature.signed_fields(said)
        return _notice({name.removeprefix("vnp_"): value for name, value in signed.items()})

    def acknowledge(self, verdict: Verdict) -> Reply:
        """Always HTTP 200. A failed payment that was noted is 00 too; 04 does not give the money back."""
        return _reply(*_ANSWERS[verdict])

    def apologize(self) -> Reply:
        """99, after which VNPAY calls again: its sample answers so for every error of the shop, and knows no 500."""
        return _reply(*_OTHER)


def _reply(code: str, message: str) -> Reply:
    return Reply(status=200, body={"RspCode": code, "Message": message})


def read_answer(charge: Charge, said: Mapping[str, str]) -> Notice:
    """querydr's verified fields, whose TransactionStatus alone tells of the payment. Raises ProviderError."""
    try:
        return _notice({**said, "TxnRef": charge.reference})
    except UnreadableNotification as error:
        raise ProviderError(f"VNPAY's answer cannot be read: {error}", permanent=False) from error


def _query(body: bytes) -> dict[str, str] | None:
    """The decoded fields; None when they are not UTF-8 or one is given twice, which could be read two ways."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        return None
    said = dict(pairs)
    return said if len(said) == len(pairs) else None


def _notice(said: Mapping[str, str]) -> Notice:
    response, status = said.get("ResponseCode", ""), said.get("TransactionStatus", "")
    outcome, reason = codes.outcome(response, status)
    hundredths = said.get("Amount", "")
    if not hundredths:
        raise UnreadableNotification("vnp_Amount is missing")
    reference, transaction = said.get("TxnRef", ""), fields.text(said, "TransactionNo")
    return Notice(
        event_id=f"{fields.reference(reference)}:{transaction[:20]}:{response[:4]}:{status[:4]}:{hundredths[:20]}",
        outcome=outcome,
        amount=_dong(hundredths),
        occurred_at=_when(said, outcome),
        reference=fields.reference(reference),
        provider_reference="" if transaction == "0" else transaction,
        reason=reason,
    )


def _dong(hundredths: str) -> int:
    """0, which nobody is asked for, unless it is written just as we write it: the texts have to be the same."""
    try:
        dong, rest = divmod(fields.digits(hundredths, "vnp_Amount"), HUNDREDTHS)
    except UnreadableNotification:
        return 0
    return 0 if rest else dong


def _when(said: Mapping[str, str], outcome: Outcome) -> datetime:
    if not said.get("PayDate") and outcome is not Outcome.PAID:
        return NEVER
    return fields.local_time(said, "PayDate", STAMP)
