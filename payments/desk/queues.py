"""What waits for a person, and how the market's money stands."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import cached_property

from marketplace.outbox.models import Job
from payments.audit.models import Audit
from payments.breaker import is_resting
from payments.desk.models import Correction
from payments.models import RailSwitch, Refund, Transfer
from payments.payouts.models import PayoutBatch
from payments.providers import registry
from payments.providers.base import PaymentProvider
from payments.reconciliation.models import Item


def refunds_to_make() -> QuerySet[Refund]:
    """Those that no rail sends by itself, or that a rail refused. What is on its way must not be sent again."""
    by_rail = [way.code for way in registry.providers() if way.supports_refund]
    by_hand = Q(state=Refund.State.CREATED) & ~Q(payment__provider__in=by_rail)
    return Refund.objects.filter(by_hand | Q(state=Refund.State.FAILED))


@dataclass(frozen=True)
class Rail:
    way: PaymentProvider
    switch: RailSwitch | None

    @property
    def is_off(self) -> bool:
        return self.switch is not None and self.switch.is_off

    @property
    def is_resting(self) -> bool:
        return is_resting(self.way.code)


def rails() -> list[Rail]:
    switches = {switch.provider: switch for switch in RailSwitch.objects.select_related("changed_by")}
    return [Rail(way, switches.get(way.code)) for way in registry.providers()]


class Queues:
    """How many of each wait; each is one question to the database, asked when it is shown."""

    @cached_property
    def transfers(self) -> int:
        return unclaimed().count()

    @cached_property
    def refunds(self) -> int:
        return refunds_to_make().count()

    @cached_property
    def corrections(self) -> int:
        return Correction.objects.filter(state=Correction.State.PROPOSED).count()

    @cached_property
    def batches(self) -> int:
        return PayoutBatch.objects.filter(state=PayoutBatch.State.READY).count()

    @cached_property
    def jobs(self) -> int:
        return Job.objects.filter(state=Job.State.PARKED).count()

    @cached_property
    def items(self) -> int:
        return Item.objects.filter(state=Item.State.OPEN).count()

    @cached_property
    def audit(self) -> Audit | None:
        found: Audit | None = Audit.objects.first()
        return found


def unclaimed() -> QuerySet[Transfer]:
    """Transfers of nobody's order. Those too much, late or twice are among the refunds to make."""
    waiting: QuerySet[Transfer] = Transfer.objects.to_settle().filter(payment=None)
    return waiting
