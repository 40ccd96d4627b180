"""Questions asked of the money tables."""

from datetime import datetime
from typing import Any, Self

from django.db.models import Case, Q, QuerySet, When

from marketplace.order.models import Order

#: an order in one of these takes no money unless it is taken up again
ENDED = (Order.Status.EXPIRED, Order.Status.CANCELLED)


class PaymentQuerySet(QuerySet[Any]):
    def overdue(self, now: datetime) -> Self:
        """Attempts still open whose time ran out by ``now``, or whose order has ended."""
        over = Q(expires_at__lte=now) | Q(order__status__in=ENDED)
        return self.filter(over, state__in=self.model.OPEN)

    def of(self, order: Order) -> Self:
        return self.filter(order=order)

    def most_telling(self) -> Self:
        """The confirmed attempt first, then those still open, newest first."""
        rank = Case(
            When(state=self.model.State.CONFIRMED, then=0), When(state__in=self.model.OPEN, then=1), default=2
        )
        return self.order_by(rank, "-pk")


class TransferQuerySet(QuerySet[Any]):
    def to_settle(self) -> Self:
        """Money that waits for a person."""
        return self.filter(outcome__in=self.model.NEEDS_A_PERSON, resolved_at__isnull=True)
