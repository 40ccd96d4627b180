"""What others say of our money, next to what we say: runs, differences, statements and their rows."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Finding(models.TextChoices):
    MATCH = "match", _("agrees")
    MISSING_HERE = "missing_here", _("they have it, we do not")
    MISSING_THERE = "missing_there", _("we have it, they do not")
    AMOUNT_DIFFERS = "amount_differs", _("another amount")
    STATUS_DIFFERS = "status_differs", _("another state")
    UNREADABLE = "unreadable", _("cannot be read")


class Run(models.Model):
    """One rail asked about the payments of some days."""

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
    #: the rail could not be asked about these; the next run asks again
    unanswered = models.PositiveIntegerField(default=0)
    #: what the rail says it took for the payments it was asked about, đồng
    their_total = models.BigIntegerField(default=0)
    #: what we say
    our_total = models.BigIntegerField(default=0)
    #: by how much single payments differ that nobody has explained, added up without their signs, đồng
    difference = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(fields=["rail", "-started_at"], name="runs_of_a_rail")]

    def __str__(self) -> str:
        return f"{self.rail} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def differing(self) -> int:
        return self.missing_here + self.missing_there + self.amount_differs + self.status_differs - self.cured


class Check(models.Model):
    """What a rail last said of one payment. Payments never asked about, or longest ago, come first."""

    payment = models.OneToOneField("payments.Payment", on_delete=models.PROTECT, related_name="check_at_rail")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="checks")
    finding = models.CharField(max_length=16, choices=Finding.choices)
    their_amount = models.BigIntegerField(default=0)
    checked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-checked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.payment} {self.finding}"


class Statement(models.Model):
    """A file that a bank or a carrier gave us, kept as it came. Nothing is done until a person applies it."""

    class Kind(models.TextChoices):
        BANK = "bank", _("bank statement")
        CARRIER = "carrier", _("carrier's list of cash")

    class State(models.TextChoices):
        READ = "read", _("to look at and apply")
        APPLIED = "applied", _("applied")
        DISCARDED = "discarded", _("set aside")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=16, choices=State.choices, default=State.READ)
    #: as parcels name it; for a carrier's list
    carrier = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    #: the same file twice is told, not read again, unless it was set aside: it was called something that it is not
    sha256 = models.CharField(max_length=64)
    read_at = models.DateTimeField(default=timezone.now)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-read_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(applied_by__isnull=False, applied_at__isnull=False),
                name="statement_is_applied_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["sha256"], condition=~Q(state="discarded"), name="one_statement_per_file"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StatementRow(models.Model):
    """One row of a statement; also those that cannot be read, with the reason."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("to be applied")
        MATCHED = "matched", _("agrees")
        DIFFERS = "differs", _("to look into")
        OUTGOING = "outgoing", _("money that left")
        REPEATED = "repeated", _("was in an earlier statement")
        UNREADABLE = "unreadable", _("cannot be read")

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="rows")
    #: of the file, counted from 1
    line = models.PositiveIntegerField()
    outcome = models.CharField(max_length=16, choices=Outcome.choices, default=Outcome.WAITING)
    error = models.CharField(max_length=300, blank=True)
    #: the cells, or the XML's own words
    raw = models.JSONField(default=list)
    #: đồng; negative: money that left our account
    amount = models.BigIntegerField(null=True, blank=True)
    #: đồng that the carrier keeps of ``amount``
    fee = models.BigIntegerField(default=0)
    occurred_at = models.DateTimeField(null=True, blank=True)
    #: the bank's number of the movement; the carrier's of the parcel, or our own
    reference = models.CharField(max_length=120, blank=True)
    #: the transfer's words; what a carrier says became of the parcel
    memo = models.CharField(max_length=500, blank=True)
    #: the carrier brings the parcel back: nobody took it
    returned = models.BooleanField(default=False)
    #: the same movement in two overlapping statements has the same one
    digest = models.CharField(max_length=64, blank=True)
    transfer = models.ForeignKey(
        "payments.Transfer", on_delete=models.PROTECT, null=True, blank=True, related_name="statement_rows"
    )
    parcel = models.ForeignKey(
        "order.SellerOrder", on_delete=models.PROTECT, null=True, blank=True, related_name="statement_rows"
    )
    #: the carrier's list whose cash this row of the bank brought
    remittance = models.OneToOneField(
        Statement, on_delete=models.PROTECT, null=True, blank=True, related_name="arrived_as"
    )
    entry = models.OneToOneField(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="statement_row"
    )

    class Meta:
        ordering = ["statement", "line"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "line"], name="one_row_per_line"),
            models.UniqueConstraint(
                fields=["digest"],
                condition=Q(outcome__in=["matched", "differs"]),
                name="a_movement_is_applied_once",
            ),
            models.UniqueConstraint(
                fields=["transfer"], condition=Q(outcome="matched"), name="a_transfer_is_settled_once"
            ),
            models.UniqueConstraint(
                fields=["parcel"], condition=Q(outcome="matched"), name="a_parcel_is_remitted_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement} {self.line}"

    @property
    def moved(self) -> tuple[int, datetime]:
        """đồng and the moment. Raises ValueError for a row that could not be read."""
        if self.amount is None or self.occurred_at is None:
            raise ValueError(f"{self} has no amount and time")
        return self.amount, self.occurred_at


class Item(models.Model):
    """A difference that a person has to settle. The same one found again is the same open item."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        RESOLVED = "resolved", _("settled")

    #: ``source`` of what the bank's statement says
    BANK = "bank"

    #: code of the rail, BANK, or the carrier's name
    source = models.CharField(max_length=40)
    finding = models.CharField(max_length=16, choices=Finding.choices)
    reference = models.CharField(max_length=120)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, blank=True, related_name="items")
    row = models.OneToOneField(
        StatementRow, on_delete=models.PROTECT, null=True, blank=True, related_name="item"
    )
    payment = models.ForeignKey(
        "payments.Payment", on_delete=models.PROTECT, null=True, blank=True, related_name="differences"
    )
    our_amount = models.BigIntegerField(default=0)
    our_state = models.CharField(max_length=60, blank=True)
    their_amount = models.BigIntegerField(default=0)
    their_state = models.CharField(max_length=60, blank=True)
    #: their row, as they said it
    raw = models.JSONField(default=dict)
    found_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    resolution = models.CharField(max_length=300, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    entry = models.ForeignKey(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-found_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "reference", "finding"],
                condition=Q(state="open", row__isnull=True, run__isnull=False),
                name="one_open_difference_per_payment",
            ),
            models.UniqueConstraint(
                fields=["source", "reference", "finding"],
                condition=Q(state="open", row__isnull=True, run__isnull=True),
                name="one_open_report_per_payment",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(resolved_at__isnull=False) & ~Q(resolution=""),
                name="settled_difference_says_how",
            ),
        ]
        indexes = [
            models.Index(fields=["-found_at"], name="open_differences", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.reference} {self.finding}"

    @property
    def source_name(self) -> str:
        return gettext("bank statement") if self.source == self.BANK else self.source
