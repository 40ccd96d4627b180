"""A rail asked about the payments of some days and the refunds it made, and what it last said of each payment."""

from django.db import models
from django.utils import timezone

from payments.providers import registry
from payments.reconciliation.models.findings import DIFFERING, Finding, differing_in_words


class Run(models.Model):
    """One rail asked about the payments of some days, and about refunds that it had made."""

    rail = models.CharField(max_length=32)
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    match = models.PositiveIntegerField(default=0)
    missing_here = models.PositiveIntegerField(default=0)
    missing_there = models.PositiveIntegerField(default=0)
    amount_differs = models.PositiveIntegerField(default=0)
    status_differs = models.PositiveIntegerField(default=0)
    #: payments that the rail told us were paid, and that we had not heard of: the money was taken in
    cured = models.PositiveIntegerField(default=0)
    #: the rail could not be asked about these, or did not answer; a later run asks again
    unanswered = models.PositiveIntegerField(default=0)
    #: what the rail says it took for the payments it was asked about, đồng
    their_total = models.BigIntegerField(default=0)
    #: what we say
    our_total = models.BigIntegerField(default=0)
    #: by how much single payments and refunds differ that nobody has explained, added up without their signs, đồng
    difference = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(fields=["rail", "-started_at"], name="runs_of_a_rail")]

    def __str__(self) -> str:
        return f"{self.rail} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def way(self) -> str:
        return registry.name_of(self.rail)

    @property
    def differing(self) -> int:
        return self.missing_here + self.missing_there + self.amount_differs + self.status_differs - self.cured

    @property
    def findings(self) -> list[tuple[str, int]]:
        """As they were found: what was taken in since is counted all the same."""
        return differing_in_words({finding: getattr(self, finding) for finding in DIFFERING})


class Check(models.Model):
    """When a rail was last asked about one payment, and what it last said. Never, or longest ago, comes first."""

    payment = models.OneToOneField("payments.Payment", on_delete=models.PROTECT, related_name="check_at_rail")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="checks")
    #: empty: it has not answered yet
    finding = models.CharField(max_length=16, choices=Finding.choices, blank=True)
    their_amount = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.payment} {self.finding}"
