"""What an order costs now and how that is paid, for its page."""

from dataclasses import dataclass
from functools import cached_property

from marketplace.order.models import Order
from payments.dues import due, owed
from payments.models import Payment
from payments.providers import registry
from payments.providers.base import Reason
from payments.ways import offer


@dataclass(frozen=True)
class Paying:
    """Amounts are đồng. ``payment`` is the attempt that says most, None while there is none."""

    order: Order
    payment: Payment | None

    @cached_property
    def at_the_door(self) -> bool:
        """Each carrier takes cash for its parcel: not once a transfer came first, whatever was chosen at checkout."""
        return self.order.paid_at is None and self._waits(self.order.payment_method)

    @cached_property
    def sum(self) -> int:
        """What was paid, or is to be paid; of an order that ended unpaid what it would have cost."""
        if self.payment and self.payment.state == Payment.State.CONFIRMED:
            return min(self.payment.amount, self.payment.received)
        return self.order.total if self.order.status in Order.ENDED else owed(self.order)

    @property
    def fell_away(self) -> int:
        """What was ordered and is asked for no more: cancelled or missing before anybody paid for it."""
        return self.order.total - self.sum

    @cached_property
    def missing(self) -> int:
        """Of what nobody has paid at the door; what came in part for the attempt is counted."""
        came = self.payment.received if self.payment and not self._waits(self.payment.provider) else 0
        return max(due(self.order) - came, 0)

    @property
    def is_checked(self) -> bool:
        """The rail holds the money and has not decided: nobody is to pay a second time."""
        over = self.payment is None or self.payment.state == Payment.State.CONFIRMED
        return not over and self.payment.failure == Reason.HELD and self.order.status not in Order.ENDED

    @property
    def is_paid_instead(self) -> bool:
        """The buyer was to pay at the door, and has begun to pay at once."""
        payment = self.payment
        return payment is not None and payment.is_open and not self._waits(payment.provider)

    @cached_property
    def instead_of_cash(self) -> list[str]:
        """Codes of the ways by which what carriers have still to collect, if anything, can be paid at once."""
        if not self.at_the_door or self.order.status != Order.Status.CONFIRMED:
            return []
        return [way.code for way in offer(self.missing).ways if not way.waits_for_delivery]

    @staticmethod
    def _waits(provider: str) -> bool:
        return registry.provider(provider).waits_for_delivery


def paying_of(order: Order) -> Paying:
    return Paying(order, Payment.objects.of(order).most_telling().first())
