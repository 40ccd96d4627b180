"""What the desk refuses."""

from payments.exceptions import PaymentError


class AlreadyDecided(PaymentError):
    """Somebody else was faster."""


class NotTakenBack(PaymentError):
    """The entry cannot be taken back at the desk; the text says why, translated."""


class SamePerson(PaymentError):
    """Whoever proposed it cannot approve it."""


class AboveLimit(PaymentError):
    """It takes a second person."""


class CameInMeanwhile(PaymentError):
    """Money has come in since the page was opened that may be what it is about."""
