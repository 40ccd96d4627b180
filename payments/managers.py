"""Questions asked of the money tables."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db.models import Case, Q, QuerySet, When

from marketplace.order.models import Order
from payments.providers import registry
from payments.providers.base import Reason

#: nobody at the other end answers questions: transfers are reported, cash is counted
NEVER_ASKED = ("vietqr", "cash_on_delivery")


class PaymentQuerySet(QuerySet[Any]):
    def overdue(self, now: datetime) -> Self:
        """Attempts still open whose time ran out by ``now``, or whose order has ended."""
        over = Q(expires_at__lte=now) | Q(order__status__in=Order.ENDED)
        return self.filter(over, state__in=self.model.OPEN)

    def askable(self) -> Self:
        """Attempts whose rail can be asked and might know more than we do, the ended ones included."""
        can = [code for code in settings.PAYMENT_PROVIDERS if code not in NEVER_ASKED]
        return self.filter(provider__in=can, received=0).exclude(state=self.model.State.CREATED)

    def to_ask(
        self, now: datetime, *, opened_before: datetime, opened_after: datetime, held_after: datetime
    ) -> Self:
        """Those whose turn it is at ``now``; ``held_after`` counts for those whose money the rail holds.

        What the rail itself has called failed is not asked about again.
        """
        turn = Q(ask_at=None) | Q(ask_at__lte=now)
        opened = Q(created_at__gt=opened_after) | Q(created_at__gt=held_after, failure=Reason.HELD)
        return (
            self.askable()
            .filter(turn, opened, created_at__lte=opened_before)
            .exclude(state=self.model.State.FAILED)
        )

    def of(self, order: Order) -> Self:
        return self.filter(order=order)

    def most_telling(self) -> Self:
        """The confirmed attempt first, then one whose money its rail holds, then those still open, newest first."""
        rank = Case(
            When(state=self.model.State.CONFIRMED, then=0),
            When(failure=Reason.HELD, then=1),
            When(state__in=self.model.OPEN, then=2),
            default=3,
        )
        return self.order_by(rank, "-pk")


class TransferQuerySet(QuerySet[Any]):
    def to_settle(self) -> Self:
        """Money that waits for a person."""
        return self.filter(outcome__in=self.model.NEEDS_A_PERSON, resolved_at__isnull=True)


class MovingQuerySet(QuerySet[Any]):
    """Rows whose ``state`` goes the ways of the model's TRANSITIONS, and no other."""

    def move(self, pk: int, to: str, **changes: Any) -> bool:
        """One of them becomes ``to`` by one conditional UPDATE; False, and no change, where it cannot."""
        before = [state for state, steps in self.model.TRANSITIONS.items() if to in steps]
        return bool(self.filter(pk=pk, state__in=before).update(state=to, **changes))


class RefundQuerySet(MovingQuerySet):
    def by_rail(self) -> Self:
        """Those that the rail sends back which the money came by, switched on or off."""
        return self.exclude(self._by_hand())

    def by_hand(self) -> Self:
        """Those that a person sends back from the bank account: no rail does, or its rail did not."""
        return self.filter(self._by_hand())

    def _by_hand(self) -> Q:
        return Q(state=self.model.State.FAILED) | ~Q(payment__provider__in=registry.giving_back())

    def to_make(self) -> Self:
        """Those that wait for a person's transfer. What is on its way must not be sent again."""
        return self.by_hand().filter(state__in=self.model.UNSENT)

    def to_make_or_approve(self) -> Self:
        """With those that a second person has still to approve: their account can be named and changed."""
        return self.by_hand().filter(state__in=(*self.model.UNSENT, self.model.State.PROPOSED))

    def sent_by_hand(self) -> Self:
        """Those that a person has sent from the bank account."""
        return self.filter(state=self.model.State.DONE, sent_by__isnull=False)

    def made_by_rail(self) -> Self:
        """Those that the rail says it has made."""
        return self.filter(state=self.model.State.DONE, sent_by=None)

    def come_back_to_rail(self) -> Self:
        """Those that the rail had made and a person noted as come back, while nobody has sent them otherwise."""
        unsent = self.filter(state=self.model.State.FAILED, returns__gt=0)
        return unsent.exclude(provider_reference="")

    def from_bank(self) -> Self:
        """All that leaves, or has left, the bank account by a person's hand."""
        return self.sent_by_hand() | self.to_make()

    def owed(self) -> Self:
        """The buyer is to have it and has not got it yet, as far as we know."""
        return self.filter(state__in=self.model.OWED)

    def late(self, now: datetime) -> Self:
        """Those whose rail has had its time: it has not made them, or does not say that it has."""
        since = now - timedelta(hours=settings.REFUND_UNSURE_HOURS)
        unsent = Q(state=self.model.State.CREATED, created_at__lte=since)
        unsure = Q(state=self.model.State.IN_TRANSIT, started_at__lte=since)
        return self.by_rail().filter(unsent | unsure)

    def standing(self) -> Self:
        """Those that were not called off: their money is no longer free to be given back again."""
        return self.exclude(state=self.model.State.CANCELLED)
