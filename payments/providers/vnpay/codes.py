"""What VNPAY's codes mean. Source: sandbox.vnpayment.vn/apis/docs, tables of the payment and of the API."""

from payments.providers.base import Outcome, Reason, RefundOutcome

OK = "00"
NOT_FOUND, DUPLICATE, BAD_SIGNATURE = "91", "94", "97"
MISCONFIGURED = frozenset({"02", "03", BAD_SIGNATURE})
"""Wrong terminal, wrong format, wrong signature: asking again in the same words will not help."""
REFUND_REFUSED = frozenset({"02", "03", NOT_FOUND, "95", BAD_SIGNATURE})
"""Every documented code but 00, 94 and 99. A terminal that may not give money back gets 99, but so does whoever asked
when VNPAY failed halfway: it is asked about, since a person who sends money that has left pays it twice."""

_HELD, _REVERSED = "07", "04"
_RESPONSES = {
    "09": Reason.REFUSED,  # no internet banking on this card
    "10": Reason.REFUSED,  # card not recognised three times
    "11": Reason.EXPIRED,
    "12": Reason.REFUSED,  # card locked
    "13": Reason.REFUSED,  # wrong one-time password
    "24": Reason.CANCELLED,
    "51": Reason.INSUFFICIENT,
    "65": Reason.INSUFFICIENT,  # the day's limit
    "75": Reason.REFUSED,  # bank under maintenance
    "79": Reason.REFUSED,  # wrong payment password too often
    "99": Reason.REFUSED,
}
_NOT_GIVEN_BACK = "09"
REFUNDING = frozenset({"05", "06", _NOT_GIVEN_BACK})
"""Status of a payment that is being, was, or was not given back: in each case it had been paid before."""
_FAILED = "02"


def outcome(response: str, status: str) -> tuple[Outcome, Reason]:
    """``vnp_ResponseCode`` and ``vnp_TransactionStatus`` together.

    Paid needs both, and stays so where VNPAY refused to give it back. What VNPAY does not document, and what
    contradicts itself, is pending: only a query settles it, and nothing closes an attempt that may have been paid.
    """
    if response == OK and status in (OK, _NOT_GIVEN_BACK):
        return Outcome.PAID, Reason.NONE
    if response == OK and status in REFUNDING:
        return Outcome.REFUNDING, Reason.NONE
    if _HELD in (response, status):
        return Outcome.PENDING, Reason.HELD
    if status == _REVERSED:
        return Outcome.FAILED, Reason.REVERSED
    if response in _RESPONSES and status != OK:
        return Outcome.FAILED, _RESPONSES[response]
    if status == _FAILED:
        return Outcome.FAILED, Reason.REFUSED
    return Outcome.PENDING, Reason.NONE


def refund_outcome(status: str) -> RefundOutcome:
    """``vnp_TransactionStatus`` of a refund: 06 is at the buyer's bank, so VNPAY has done its part."""
    if status in (OK, "06"):
        return RefundOutcome.DONE
    if status in (_FAILED, _NOT_GIVEN_BACK):
        return RefundOutcome.FAILED
    return RefundOutcome.IN_TRANSIT
