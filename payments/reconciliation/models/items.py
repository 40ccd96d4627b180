"""What does not agree, until a person has settled it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from payments.providers import registry
from payments.reconciliation.models.findings import Finding
from payments.reconciliation.models.runs import Run
from payments.reconciliation.models.statements import Statement, StatementRow

#: what a rail says (payments.providers.base.Outcome, or RefundOutcome), in words
_TOLD = {
    "paid": _("paid"),
    "failed": _("failed"),
    "pending": _("not paid yet"),
    "refunding": _("money goes back, or went back"),
    "ignored": _("about no payment of ours"),
}


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
    #: which of its refunds, where the rail speaks of one that it had made
    refund = models.ForeignKey(
        "payments.Refund", on_delete=models.PROTECT, null=True, blank=True, related_name="differences"
    )
    #: the statement that should have shown what of ours it does not, or whose rows cannot all be read
    found_in = models.ForeignKey(
        Statement, on_delete=models.PROTECT, null=True, blank=True, related_name="missing_there"
    )
    #: what of ours no statement shows, or none with our sum: money that a notice told us of, another movement in the
    #: books, or the money of a carrier's list. Once only: what a person has explained is not found again
    transfer = models.OneToOneField(
        "payments.Transfer", on_delete=models.PROTECT, null=True, blank=True, related_name="not_shown"
    )
    booked = models.OneToOneField(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="not_shown"
    )
    remittance = models.OneToOneField(
        Statement, on_delete=models.PROTECT, null=True, blank=True, related_name="not_shown"
    )
    our_amount = models.BigIntegerField(default=0)
    our_state = models.CharField(max_length=60, blank=True)
    their_amount = models.BigIntegerField(default=0)
    their_state = models.CharField(max_length=60, blank=True)
    #: their row, as they said it
    raw = models.JSONField(default=dict)
    found_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    #: what it was; of an open one what one person says, to which a second has to agree
    resolution = models.CharField(max_length=300, blank=True)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: đồng: the words stand for this difference, and for no other that is found later
    explained_difference = models.BigIntegerField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    #: both sides have said the same since: the same difference found later is another one
    agreed_since = models.BooleanField(default=False)
    #: what was booked for it; where nothing moved, the memorandum that says why
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
                condition=Q(
                    state="open",
                    row__isnull=True,
                    run__isnull=True,
                    transfer__isnull=True,
                    booked__isnull=True,
                    found_in__isnull=True,
                    remittance__isnull=True,
                ),
                name="one_open_report_per_payment",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(resolved_at__isnull=False) & ~Q(resolution=""),
                name="settled_difference_says_how",
            ),
            models.CheckConstraint(
                condition=Q(resolved_by__isnull=True) | Q(entry__isnull=False),
                name="what_a_person_settled_is_in_the_books",
            ),
        ]
        indexes = [
            models.Index(fields=["-found_at"], name="open_differences", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.reference} {self.finding}"

    @property
    def bank_row(self) -> StatementRow | None:
        """The row of the bank's statement that nobody could explain."""
        return self.row if self.source == self.BANK else None

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def difference(self) -> int:
        """đồng; positive: they have more than we."""
        return self.their_amount - self.our_amount

    @property
    def is_explained(self) -> bool:
        """Whether one person has said what it was, and a second has to agree."""
        said = self.explained_by_id is not None and self.explained_difference == self.difference
        return self.is_open and said

    @property
    def came(self) -> bool:
        """Whether the bank's statement has money that came, and we know of none of its sum."""
        return self.bank_row is not None and self.their_amount > 0

    @property
    def left(self) -> bool:
        """Whether the bank's statement has money that left, and we know of none."""
        return self.bank_row is not None and self.their_amount < 0

    @property
    def is_another_sum(self) -> bool:
        """Whether a carrier's list has money for a parcel, and not what was collected."""
        on_a_list = self.row is not None and self.source != self.BANK
        return on_a_list and self.finding == Finding.AMOUNT_DIFFERS and self.their_amount > 0

    @property
    def is_unread_statement(self) -> bool:
        """Whether it is of all the rows of a statement that cannot be read."""
        return self.finding == Finding.UNREADABLE and self.found_in_id is not None

    @property
    def their_words(self) -> str:
        """What they say it is: a row of a statement in its own words."""
        return self.their_state if self.row_id else str(_TOLD.get(self.their_state, self.their_state))

    @property
    def source_name(self) -> str:
        return gettext("bank statement") if self.source == self.BANK else registry.name_of(self.source)
