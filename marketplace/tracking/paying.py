"""What an order costs now and how that is paid, for its page."""

from dataclasses import dataclass
from functools import cached_property

from marketplace.order.models import Order
from payments.models import Payment
from payments.providers import registry
from payments.services import owed


@dataclass(frozen=True)
class Paying:
    """Amounts are đồng. ``payment`` is the attempt that says most, None while there is none."""

    order: Order
    payment: Payment | None

    @cached_property
    def at_the_door(self) -> bool:
        """Each carrier takes cash for its parcel: not once a transfer came first, whatever was chosen at checkout."""
        return self.order.paid_at is None and registry.provider(self.order.payment_method).waits_for_delivery

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

    @property
    def missing(self) -> int:
        return self.sum - (self.payment.received if self.payment else 0)


def paying_of(order: Order) -> Paying:
    return Paying(order, Payment.objects.of(order).most_telling().first())
