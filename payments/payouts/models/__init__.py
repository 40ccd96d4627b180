"""How sellers get their money: where to, when, in which batch, by which file, and what the bank said."""

from payments.payouts.models.accounts import PayoutAccount
from payments.payouts.models.batches import PayoutBatch
from payments.payouts.models.days import PayoutDays
from payments.payouts.models.files import PayoutFile, ResultFile
from payments.payouts.models.holds import HoldRule
from payments.payouts.models.payouts import Payout, PayoutItem

__all__ = [
    "HoldRule",
    "Payout",
    "PayoutAccount",
    "PayoutBatch",
    "PayoutDays",
    "PayoutFile",
    "PayoutItem",
    "ResultFile",
]
