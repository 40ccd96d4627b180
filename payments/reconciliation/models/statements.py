"""Files of banks and carriers, their rows, and which of our movements the rows show."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Statement(models.Model):
    """A file that a bank or a carrier gave us, kept as it came. Nothing is done until a person applies it."""

    class Kind(models.TextChoices):
        BANK = "bank", _("bank statement")
        CARRIER = "carrier", _("carrier's list of cash")

    class State(models.TextChoices):
        READ = "read", _("to look at and apply")
        APPLYING = "applying", _("being applied")
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
    #: when a person had it applied; of a long one, the beginning
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-read_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["applying", "applied"])
                | Q(applied_by__isnull=False, applied_at__isnull=False),
                name="statement_is_applied_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["sha256"], condition=~Q(state="discarded"), name="one_statement_per_file"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RowQuerySet(models.QuerySet["StatementRow"]):
    def applied(self) -> RowQuerySet:
        """Those that are movements of their own."""
        return self.filter(outcome__in=(StatementRow.Outcome.MATCHED, StatementRow.Outcome.DIFFERS))


class StatementRow(models.Model):
    """One row of a statement; also those that are of no use, with the reason."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("to be applied")
        MATCHED = "matched", _("agrees")
        DIFFERS = "differs", _("to look into")
        REPEATED = "repeated", _("was in an earlier statement")
        #: the row says why; one difference of its statement waits until a person has said what these were
        UNREADABLE = "unreadable", _("cannot be read")
        #: the row says why: the bank has not booked it, or it is a line of totals
        UNUSED = "unused", _("not used")

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
    #: the memo as the desk searches it
    folded = models.TextField()
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
    #: how often two people took back what it had booked
    times_taken_back = models.PositiveSmallIntegerField(default=0)

    objects = RowQuerySet.as_manager()

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
        indexes = [
            models.Index(fields=["reference"], name="rows_by_reference"),
            models.Index(fields=["amount"], name="rows_by_amount"),
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="row_folded_trgm"),
        ]

    def __str__(self) -> str:
        return f"{self.statement} {self.line}"

    @property
    def may_be_another(self) -> bool:
        """Whether it is told from the equal row of an earlier statement by nothing but what a person knows."""
        is_of_bank = self.statement.kind == Statement.Kind.BANK
        return is_of_bank and self.outcome == self.Outcome.REPEATED and not self.reference

    @property
    def booking(self) -> str:
        """Names what it books, in keys: another each time that the booking before was taken back."""
        return f"row:{self.pk}:{self.times_taken_back}" if self.times_taken_back else f"row:{self.pk}"

    @property
    def moved(self) -> tuple[int, datetime]:
        """đồng and the moment. Raises ValueError for a row that could not be read."""
        if self.amount is None or self.occurred_at is None:
            raise ValueError(f"{self} has no amount and time")
        return self.amount, self.occurred_at


class Match(models.Model):
    """A movement that our books have on the bank account, and the row of the bank's statement that shows it.

    A row may show several at once: a batch of payouts that the bank took as one sum.
    """

    row = models.ForeignKey(StatementRow, on_delete=models.PROTECT, related_name="matches")
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, related_name="shown_by")

    def __str__(self) -> str:
        return f"{self.row}: {self.entry}"


class Return(models.Model):
    """A payout or a refund that came back, and the transfer of which a notice told us: the same money.

    A transfer may be several at once: a batch of payouts that the bank gave back as one sum.
    """

    transfer = models.ForeignKey("payments.Transfer", on_delete=models.PROTECT, related_name="came_back")
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, related_name="came_in")

    def __str__(self) -> str:
        return f"{self.transfer}: {self.entry}"
