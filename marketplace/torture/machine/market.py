"""Orders, money, refunds and payouts as one machine: any person does anything the pages offer, in any order.

What the market refuses is no fault. After every step the books agree with the rows, and stock with reservations.
"""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction
from django.db.models import F, Model, Sum
from django.utils import timezone
from hypothesis.stateful import initialize, invariant

from farmers.partner.models import StockRecord
from marketplace.order.carriers import Carrier
from marketplace.order.models import Reservation, SellerOrder
from marketplace.outbox.models import Job
from marketplace.torture.machine.example import Example
from marketplace.torture.machine.giving_back import GivingBack
from marketplace.torture.machine.selling import PAID, STEPS
from marketplace.torture.machine.stage import Stage, set_up
from marketplace.torture.machine.statements import Statements
from payments.audit.differences import TOLD_BY_OTHERS
from payments.audit.services import find_differences
from payments.claims.models import CancellationRequest, Claim
from payments.ledger.models import Entry, Line
from payments.models import Payment, Refund, Transfer
from payments.payouts.models import Payout
from payments.reconciliation.models import Item
from payments.services import confirm_payment

STATES: dict[type[Model], str] = {
    SellerOrder: "status",
    Payment: "state",
    Transfer: "outcome",
    Refund: "state",
    Claim: "state",
    CancellationRequest: "state",
    Payout: "state",
    Item: "finding",
    Entry: "kind",
}
"""What examples lead to; the column that tells how far."""


class Market(GivingBack, Statements):
    def first_orders(self) -> None:
        """Steps go on there. Two have arrived and are paid out, one has just arrived, and one is paid.

        Others are on their way to who pays at the door, not paid yet, and packed for who wants it no more.
        """
        for at in range(4):
            self.order(at=at, rail="vietqr", packs=2)
            self.transfer(at=at, per_cent=100)
        self.order(at=4, rail="cash_on_delivery", packs=2)
        self.order(at=5, rail="vietqr", packs=1)
        self.order(at=6, rail="vnpay", packs=1)
        self.report(at=0, state=PAID)
        self.farm_sends(0, 1, to=STEPS)
        self.pay_out()
        self.farm_sends(2, to=STEPS)
        self.farm_sends(4, to=STEPS[:2])
        self.farm_sends(6, to=STEPS[:1])
        self.buyer_takes_back(at=6)

    def farm_sends(self, *parcels: int, to: Sequence[str]) -> None:
        for at, step in itertools.product(parcels, to):
            self.farm_moves(at=at, to=step, carrier=Carrier.GHN)

    def teardown(self) -> None:
        self.stage.reached |= reached()

    @invariant()
    def all_agrees(self) -> None:
        """Looked at again whenever something was done: that is most of what the machine takes its time for."""
        if self.is_new:
            self.books_agree()
            self.nothing_is_held_past_its_time()
            self.stock_is_held_for_somebody()
            self.statements_agree()
            self.no_job_has_failed()
        self.is_new = False

    def books_agree(self) -> None:
        assert sum(Line.objects.values_list("amount", flat=True)) == 0
        found = [difference for difference in find_differences() if difference.check != TOLD_BY_OTHERS]
        assert found == [], found

    def no_job_has_failed(self) -> None:
        """An outbox keeps what its handlers raise to itself."""
        assert not list(Job.objects.exclude(last_error="").values_list("kind", "last_error"))

    def nothing_is_held_past_its_time(self) -> None:
        """However the attempts to pay ended: the beat has just run where a time was over."""
        held = Reservation.objects.filter(state=Reservation.State.HELD, expires_at__lte=timezone.now())
        assert not held.exists()

    def stock_is_held_for_somebody(self) -> None:
        states = (Reservation.State.HELD, Reservation.State.CLAIMED)
        rows = Reservation.objects.filter(state__in=states).order_by()
        held = rows.values("stockrecord").annotate(packs=Sum("quantity"))
        wanted = dict(held.values_list("stockrecord", "packs"))
        records = StockRecord.objects.exclude(num_allocated=0)
        assert dict(records.values_list("pk", "num_allocated")) == wanted
        assert not StockRecord.objects.filter(num_in_stock__lt=F("num_allocated")).exists()


def reached() -> set[str]:
    """What rows there are in which states."""
    return {
        f"{model._meta.model_name}: {state}"
        for model, states in STATES.items()
        for state in model._default_manager.order_by().values_list(states, flat=True).distinct()
    }


class Faulty(Market):
    """A market that counts every transfer twice, and where somebody pays by one: no luck is needed to see it."""

    @initialize()
    def somebody_pays(self) -> None:
        self.transfer(at=0, per_cent=100)

    def arrives(self, memo: str, amount: int, reference: str = "") -> None:
        super().arrives(memo, amount, reference)
        if payment := Payment.objects.filter(received__gt=0).order_by("pk").last():
            with transaction.atomic():
                confirm_payment(payment, amount=1)
            self.follow()


@contextmanager
def opened(which: int) -> Iterator[Stage]:
    """All examples of this process play there, each after the first orders."""
    with set_up(which) as stage:
        Example.stage = stage
        first = Market()
        first.first_orders()
        stage.buyers.update(first.buyers)
        with stage.kept():
            yield stage
