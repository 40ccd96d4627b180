"""What reconciliation refuses; the texts are for the money desk, translated."""

from payments.exceptions import PaymentError


class AlreadyBroughtIn(PaymentError):
    """The same bytes came before. ``args[0]`` is that Statement's pk."""


class AlreadySettled(PaymentError):
    """Somebody else was faster."""


class NotThatWay(PaymentError):
    """The difference cannot be settled like this; the text says why."""
