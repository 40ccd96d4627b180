"""What ZaloPay says of a payment: the callback, which comes for success only, and the answer to a query."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Self

from payments.providers import fields
from payments.providers.base import (
    Charge,
    InvalidSignature,
    Notice,
    Notifier,
    Outcome,
    ProviderError,
    Reason,
    Reply,
    UnreadableNotification,
    Verdict,
)
from payments.providers.zalopay import codes, signature

_TRANSACTION = re.compile(r"[0-9]{6}_([0-9A-Za-z]{1,33})")
_ORDER = 1
"""``type`` of a callback about a payment; 2 is about an agreement to charge again, which we never make."""


class ZaloPayNotifier(Notifier):
    """ZaloPay calls about three times until it hears return_code 1; how far apart is [UNCONFIRMED]."""

    code = "zalopay"
    evidence = ("User-Agent",)

    def __init__(self, *, app_id: int, key2: str) -> None:
        self.app_id = app_id
        self.key2 = key2

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        return cls(app_id=settings.ZALOPAY_APP_ID, key2=settings.ZALOPAY_KEY2)

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        try:
            said = fields.parse(body)
        except UnreadableNotification as error:
            raise InvalidSignature(str(error)) from error
        data, mac = said.get("data"), said.get("mac")
        if not (isinstance(data, str) and isinstance(mac, str)):
            raise InvalidSignature("no data or no mac")
        if not signature.verify_callback(data, mac, self.key2):
            raise InvalidSignature

    def read(self, body: bytes) -> Notice:
        said = fields.parse(body)
        data = said.get("data")
        if not isinstance(data, str):
            raise UnreadableNotification("data must be text")
        payment = fields.parse(data)
        if payment.get("app_id") != self.app_id:
            raise UnreadableNotification("the callback is for another app")
        # ``type`` is not signed, so it may make a report be ignored no more than losing it would.
        return _paid(payment, ignored=said.get("type", _ORDER) != _ORDER)

    def acknowledge(self, verdict: Verdict) -> Reply:
        """1 also for what was told before; sources differ on the rest, so it follows the official samples."""
        if verdict is Verdict.FORGED:
            return _reply(-1, "mac not equal")
        if verdict is Verdict.UNREADABLE:
            return _reply(2, "invalid data")
        return _reply(1, "success")


def read_answer(charge: Charge, said: Mapping[str, object]) -> Notice:
    """The answer to a query about ``charge``. Raises ProviderError when it cannot be read."""
    code, sub = said["return_code"], said.get("sub_return_code")
    try:
        amount = fields.whole(said, "amount") if code == codes.OK else charge.amount
        at = fields.millisecond_time(said, "server_time") if said.get("server_time") else datetime.now(UTC)
    except UnreadableNotification as error:
        raise ProviderError(f"ZaloPay's answer cannot be read: {error}", permanent=False) from error
    transaction = str(said.get("zp_trans_id") or "")
    outcome, reason = _outcome(said)
    return Notice(
        event_id=f"{charge.reference}:{transaction or sub}:{outcome}:{amount}",
        outcome=outcome,
        amount=amount,
        occurred_at=at,
        reference=charge.reference,
        provider_reference=transaction,
        reason=reason,
    )


def _outcome(said: Mapping[str, object]) -> tuple[Outcome, Reason]:
    """ "In process" is also what nobody has paid yet; ``is_processing`` tells that somebody has."""
    code, sub = said["return_code"], said.get("sub_return_code")
    if code == codes.OK:
        return Outcome.PAID, Reason.NONE
    if code == codes.PROCESSING:
        return Outcome.PENDING, Reason.HELD if said.get("is_processing") is True else Reason.NONE
    known = codes.REASONS.get(sub) if isinstance(sub, int) else None
    return Outcome.FAILED, known or Reason.REFUSED


def _paid(payment: Mapping[str, object], *, ignored: bool) -> Notice:
    named = _TRANSACTION.fullmatch(fields.required(payment, "app_trans_id"))
    amount, transaction = fields.whole(payment, "amount", least=1), fields.whole(payment, "zp_trans_id")
    reference = named[1] if named else ""
    return Notice(
        event_id=f"{reference}:{transaction}:{amount}",
        outcome=Outcome.IGNORED if ignored else Outcome.PAID,
        amount=amount,
        occurred_at=fields.millisecond_time(payment, "server_time"),
        reference=reference,
        provider_reference=str(transaction),
    )


def _reply(code: int, message: str) -> Reply:
    return Reply(status=200, body={"return_code": code, "return_message": message})
