"""What the desk refuses."""

from django.utils.translation import gettext as _

from catalogue.money import dong
from payments.exceptions import PaymentError


class AlreadyDecided(PaymentError):
    """Somebody else was faster."""


class SentBefore(PaymentError):
    """The same form came before and stands, whatever it says now; the text says so, translated."""

    def __init__(self, amount: int) -> None:
        """``amount`` đồng, as it said then."""
        words = _("Nothing was done this time: this form was sent before, and stands with %(amount)s.")
        super().__init__(words % {"amount": dong(amount)})


class NotTakenBack(PaymentError):
    """The entry cannot be taken back at the desk; the text says why, translated."""


class SamePerson(PaymentError):
    """Whoever proposed it cannot approve it."""


class AboveLimit(PaymentError):
    """It takes a second person."""


class CameInMeanwhile(PaymentError):
    """Money has come in since the page was opened that may be what it is about."""
