"""Orders, money, refunds and payouts as one machine: any person does anything the services offer, in any order.

What a service refuses is no fault. After every step the books agree with the rows, and stock with reservations.
"""

import itertools

from django.db import connection
from django.db.models import F, Sum
from django.utils import timezone
from hypothesis.stateful import initialize, invariant

from farmers.partner.models import StockRecord
from marketplace.order.carriers import Carrier
from marketplace.order.models import Reservation
from marketplace.outbox.models import Job
from marketplace.torture.machine.bank import Bank
from marketplace.torture.machine.giving_back import GivingBack
from marketplace.torture.machine.selling import STEPS, Selling
from marketplace.torture.machine.statements import Statements
from marketplace.torture.messages import Message
from payments.audit.differences import TOLD_BY_OTHERS
from payments.audit.services import find_differences
from payments.ledger.models import Line
from payments.models import Payment
from payments.services import confirm_payment


class Market(Selling, GivingBack, Bank, Statements):
    @initialize()
    def people(self) -> None:
        super().people()
        self.first_orders()

    def first_orders(self) -> None:
        """One is paid, two arrived and are paid out, one is on its way to who pays at the door: steps go on there."""
        for at in range(3):
            self.order(at=at, rail="vietqr", packs=2)
            self.transfer(at=at, per_cent=100)
        self.order(at=3, rail="cash_on_delivery", packs=2)
        for at, to in [*itertools.product((0, 1), STEPS), *itertools.product((3,), STEPS[:-1])]:
            self.farm_moves(at=at, to=to, carrier=Carrier.GHN)
        self.pay_out()

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
        connection.check_constraints()
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


class Faulty(Market):
    """A market that counts every transfer twice, and where somebody has paid by one: no luck is needed to see it."""

    @initialize()
    def people(self) -> None:
        super().people()

    def hear(self, message: Message) -> None:
        super().hear(message)
        if payment := Payment.objects.filter(received__gt=0).order_by("pk").last():
            self.attempt(lambda: confirm_payment(payment, amount=1))
