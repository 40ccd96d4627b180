"""What the money room refuses to do."""


class PaymentError(Exception):
    """Base of this room's errors."""


class ImpossibleMove(PaymentError):
    """A payment cannot become that from what it is now."""


class CannotSwitch(PaymentError):
    """Another way of paying cannot be taken; the text is a reason for the buyer, translated."""


class Mismatch(PaymentError):
    """A genuine notification does not agree with what we asked for; a person has to look.

    ``payment`` is the key of the payment it names, None when there is none.
    """

    def __init__(self, message: str, *, payment: int | None = None) -> None:
        super().__init__(message)
        self.payment = payment


class Contradiction(Mismatch):
    """A rail now says otherwise of money than what was settled by its own word. Nothing is undone by it."""


class NotUnclaimed(PaymentError):
    """A transfer has an order by now, or what becomes of it is settled."""


class NothingPaid(PaymentError):
    """Nothing was paid for this parcel, so nothing of it can be given back."""


class TooMuch(PaymentError):
    """More than was paid, or than is left of it. ``left`` đồng can still be given back."""

    def __init__(self, number: str, left: int) -> None:
        super().__init__(f"{number}: {left} đồng are left")
        self.left = left


class OnePerson(PaymentError):
    """Whoever asked for a refund cannot approve it, and whoever released it cannot send it."""


class NeedsAccount(PaymentError):
    """Nothing leaves the bank account before somebody has said where it goes."""


class NeedsRelease(PaymentError):
    """Above the limit, nothing leaves the bank account before a second person has agreed."""


class OfAnother(PaymentError):
    """The rail's number is that of another refund of the same payment."""
