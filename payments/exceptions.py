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


class NotUnclaimed(PaymentError):
    """A transfer has an order by now, or what becomes of it is settled."""
