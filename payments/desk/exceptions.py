"""What the desk refuses."""

from payments.exceptions import PaymentError


class AlreadyDecided(PaymentError):
    """Somebody else was faster."""


class SamePerson(PaymentError):
    """Whoever proposed it cannot approve it."""


class CameInMeanwhile(PaymentError):
    """Money has come in since the page was opened that may be what it is about."""
