"""What MoMo's resultCode means. Source: developers.momo.vn/v3, table of result codes and confirm (read 2026-11)."""

from payments.providers.base import Outcome, Reason, RefundOutcome

OK = 0
NOT_FOUND = 42
BUSY = frozenset({10, 43, 47})
"""MoMo is being maintained, or cannot say: the same question may be answered later."""
MISCONFIGURED = frozenset({11, 12, 13, 20, 21, 45})
"""Wrong account, version, signature or form: asking again in the same words will not help."""
ASKED_BEFORE = frozenset({40, 41})
"""requestId or orderId known: the first answer was lost."""

_UNEXPLAINED = {98: Reason.REFUSED, 99: Reason.REFUSED}
"""No QR code came about; an error without a name. Final by the table, so the buyer may choose another way."""
_FAILED = {
    **_UNEXPLAINED,
    1001: Reason.INSUFFICIENT,
    1002: Reason.REFUSED,
    1003: Reason.REVERSED,  # called off by us or by MoMo after the wallet had set the money aside
    1004: Reason.INSUFFICIENT,  # over the wallet's limit
    1005: Reason.EXPIRED,
    1006: Reason.CANCELLED,  # the buyer said no in the app
    1007: Reason.REFUSED,
    1017: Reason.CANCELLED,
    1026: Reason.REFUSED,
    2019: Reason.REFUSED,
    4001: Reason.REFUSED,
    4002: Reason.REFUSED,
    4100: Reason.REFUSED,
}
_AUTHORISED = 9000
"""Set aside in the wallet. The table lets a shop see a success in it where MoMo captures by itself, which is what we
ask for, yet calls it not final: until 0 comes nothing is captured, can be given back, or is safe from 1003."""
_TAKEN = frozenset({7000, 7002, _AUTHORISED})
"""The buyer has agreed, and MoMo or the bank behind it is not done yet."""
_PROCESSING = _TAKEN | {1000}
"""1000 waits for the buyer."""
UNDECIDED = BUSY | ASKED_BEFORE | _PROCESSING
"""Of a question to begin a payment: it may have begun, so this is no refusal."""
_REFUND_REFUSED = frozenset({1080, 1081, 1088, *_FAILED}) - _UNEXPLAINED.keys()
"""What is not explained is asked about again: a person who sends money that has left pays it twice."""


def outcome(code: int) -> tuple[Outcome, Reason]:
    """Codes that are not final, or not documented, are pending: they must not close an attempt."""
    if code == OK:
        return Outcome.PAID, Reason.NONE
    if code in _FAILED:
        return Outcome.FAILED, _FAILED[code]
    return Outcome.PENDING, Reason.HELD if code in _TAKEN else Reason.NONE


def is_about_payment(code: int) -> bool:
    """False: the code is about the question that was asked, and says nothing of the payment."""
    return code == OK or code in _FAILED or code in _PROCESSING


def refund_outcome(code: int) -> RefundOutcome | None:
    """None: the code does not say whether money was given back."""
    if code == OK:
        return RefundOutcome.DONE
    if code in _REFUND_REFUSED:
        return RefundOutcome.FAILED
    if code in _PROCESSING or code in ASKED_BEFORE:
        return RefundOutcome.IN_TRANSIT
    return None
