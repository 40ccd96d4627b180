"""What cannot be asked, or answered, now."""

from payments.exceptions import PaymentError


class NotNow(PaymentError):
    """Somebody was faster, or the time is over. Nothing was changed."""


class TooShort(PaymentError):
    """More is said to be missing than was ordered, or nothing would be left: cancel the parcel instead."""
