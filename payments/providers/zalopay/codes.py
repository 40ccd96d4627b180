"""What ZaloPay's return_code and sub_return_code mean.

Source: beta-docs.zalopay.vn/docs/developer-tools/knowledge-base/status-codes; the full table is [UNCONFIRMED],
so sub codes that are not listed here decide nothing by themselves.
"""

from payments.providers.base import Reason

OK, FAILED, PROCESSING = 1, 2, 3

DUPLICATE = -68
UNKNOWN_ORDER = -101
BUSY = frozenset({-33, -429, -500, -999})
MISCONFIGURED = frozenset({-92, -401, -402})
REFUND_REFUSED = frozenset({-13, -32, UNKNOWN_ORDER})
"""The time for refunds is over; parts are not given back; the payment is unknown."""
CANCELLED = -49
"""[UNCONFIRMED 2026-11] TRANS_INFO_NOT_FOUND in public code; what recorded returns of buyers who turned back say."""
BANK_ERROR = -217
"""By the table an error of the bank, of a payment that failed. Nowhere does it say that money was taken and given
back, so the buyer is promised none; no code that would mean that is documented."""
REASONS = {
    CANCELLED: Reason.CANCELLED,
    -54: Reason.EXPIRED,
    -63: Reason.INSUFFICIENT,
    BANK_ERROR: Reason.REFUSED,
}
