"""What a payout may be refused for."""


class PayoutError(Exception):
    """Base of this module's errors."""


class NotNow(PayoutError):
    """The batch or payout is not in the state in which this can be done: somebody was faster."""


class SamePerson(PayoutError):
    """Who made a batch cannot approve it."""
