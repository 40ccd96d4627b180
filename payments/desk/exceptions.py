"""What the desk refuses."""

from payments.exceptions import PaymentError


class AlreadyDecided(PaymentError):
    """Somebody else was faster."""


class SamePerson(PaymentError):
    """Whoever proposed it cannot approve it."""
