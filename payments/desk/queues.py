"""What waits for a person, and how the market's money stands."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property

from marketplace.outbox.models import Job
from payments.audit.models import Audit
from payments.audit.words import Worded, in_words
from payments.breaker import is_resting
from payments.claims.cancelling import unanswered
from payments.claims.models import Claim
from payments.desk.models import Correction
from payments.models import RailSwitch, Refund, Transfer
from payments.payouts.models import PayoutBatch
from payments.providers import registry
from payments.providers.base import PaymentProvider
from payments.reconciliation.models import Item

SHOWN = 50
"""Differences of an audit that the first page names; it counts all."""


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
        return Refund.objects.to_make().count()

    @cached_property
    def refunds_late(self) -> int:
        """Given to their rail long ago, and nobody knows what became of them."""
        return Refund.objects.late(timezone.now()).count()

    @cached_property
    def refunds_to_approve(self) -> int:
        return Refund.objects.filter(state=Refund.State.PROPOSED).count()

    @cached_property
    def claims(self) -> int:
        """With the requests to cancel that farms left unanswered."""
        return int(Claim.objects.open().count() + unanswered(timezone.now()).count())

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

    @property
    def differences(self) -> list[Worded]:
        """The first that the last audit found, as staff read them."""
        return in_words(self.audit.differences[:SHOWN]) if self.audit else []


def unclaimed() -> QuerySet[Transfer]:
    """Transfers of nobody's order. Those too much or twice are among the refunds to make."""
    waiting: QuerySet[Transfer] = Transfer.objects.to_settle().filter(payment=None)
    return waiting


def late() -> QuerySet[Transfer]:
    """Transfers that came after their order had ended, newest first, with what became of them."""
    came: QuerySet[Transfer] = Transfer.objects.filter(outcome=Transfer.Outcome.LATE)
    return came.select_related("payment__order", "refund")
