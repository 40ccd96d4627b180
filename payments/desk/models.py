"""What staff did with money, and what one of them proposes and another has to approve."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DeskAction(models.Model):
    """One thing that a person did at the desk. Written with what it tells of, never changed or deleted.

    PostgreSQL refuses UPDATE, DELETE and TRUNCATE (migration 0002).
    """

    class Kind(models.TextChoices):
        TRANSFER_ATTACHED = "transfer_attached", _("transfer given to an order")
        TRANSFER_CAME_BACK = "transfer_came_back", _("transfer taken as our own money come back")
        GIVING_BACK_PROPOSED = "giving_back_proposed", _("giving back a transfer proposed")
        REFUND_MADE = "refund_made", _("refund made by hand")
        REFUND_RELEASED = "refund_released", _("refund released for a bank transfer")
        REFUND_ACCOUNT = "refund_account", _("account of a refund corrected")
        REFUND_FOUND = "refund_found", _("refund found at its rail")
        REFUND_NOT_FOUND = "refund_not_found", _("refund taken from its rail")
        REFUND_RETURNED = "refund_returned", _("refund noted as come back")
        REFUND_DECIDED = "refund_decided", _("refund of a parcel decided")
        REFUND_APPROVED = "refund_approved", _("refund approved")
        REFUND_CALLED_OFF = "refund_called_off", _("proposed refund called off")
        PARCEL_CANCELLED = "parcel_cancelled", _("parcel cancelled for a buyer")
        PARCEL_CAME_BACK = "parcel_came_back", _("parcel noted as come back")
        CLAIM_WRITTEN = "claim_written", _("claim written down for a buyer")
        CLAIM_GRANTED = "claim_granted", _("claim granted")
        CLAIM_REFUSED = "claim_refused", _("claim refused")
        CANCELLATION_ANSWERED = "cancellation_answered", _("request to cancel answered")
        JOB_RETRIED = "job_retried", _("parked work started again")
        RAIL_OFF = "rail_off", _("way of paying switched off")
        RAIL_ON = "rail_on", _("way of paying switched on")
        CORRECTION_PROPOSED = "correction_proposed", _("correction proposed")
        TAKING_BACK_PROPOSED = "taking_back_proposed", _("taking back an entry proposed")
        CORRECTION_APPROVED = "correction_approved", _("correction approved")
        CORRECTION_REJECTED = "correction_rejected", _("correction rejected")
        ITEM_EXPLAINED = "item_explained", _("difference explained, for a second person to agree")
        ITEM_RESOLVED = "item_resolved", _("difference settled")
        STATEMENT_READ = "statement_read", _("statement brought in")
        STATEMENT_APPLIED = "statement_applied", _("statement applied")
        STATEMENT_DISCARDED = "statement_discarded", _("statement set aside")
        ROW_APPLIED = "row_applied", _("repeated row taken as another movement")
        BATCH_MADE = "batch_made", _("batch of payouts begun")
        BATCH_APPROVED = "batch_approved", _("batch of payouts approved")
        BATCH_SENT = "batch_sent", _("batch of payouts sent")
        BATCH_CANCELLED = "batch_cancelled", _("batch of payouts cancelled")
        PAYOUT_ARRIVED = "payout_arrived", _("payout noted as arrived")
        PAYOUT_RETURNED = "payout_returned", _("payout noted as come back")
        RESULTS_READ = "results_read", _("the bank's results brought in")

    kind = models.CharField(max_length=24, choices=Kind.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    #: what it was done to, as people call it: a reference, an order's number, a file's name
    subject = models.CharField(max_length=200)
    note = models.CharField(max_length=300, blank=True)
    #: đồng, where money moved
    amount = models.BigIntegerField(null=True, blank=True)
    order = models.ForeignKey(
        "order.Order", on_delete=models.PROTECT, null=True, blank=True, related_name="desk_actions"
    )
    entry = models.ForeignKey(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="desk_actions"
    )

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at", "-id"], name="desk_actions_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Correction(models.Model):
    """Proposed by one person and booked once another approves: ``amount`` đồng from one account to another.

    Or an entry that was wrong is taken back by its mirror image; then ``amount`` is what its debit side moved.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for a second person")
        APPROVED = "approved", _("booked")
        REJECTED = "rejected", _("not done")

    state = models.CharField(max_length=16, choices=State.choices, default=State.PROPOSED)
    debit = models.ForeignKey("ledger.Account", on_delete=models.PROTECT, null=True, related_name="+")
    credit = models.ForeignKey("ledger.Account", on_delete=models.PROTECT, null=True, related_name="+")
    #: the wrong entry that it takes back
    reverses = models.ForeignKey(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="takings_back"
    )
    #: what order it is about. Here and not on the entry: an order's entries say what its payments and refunds say
    order = models.ForeignKey(
        "order.Order", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    amount = models.BigIntegerField()
    #: the form's: sent twice, it is one. None where what it gives or takes back is proposed once anyway
    token = models.UUIDField(unique=True, null=True, blank=True)
    #: why, and what proves it
    memo = models.CharField(max_length=300)
    #: the money of an unknown sender that it gives back
    transfer = models.ForeignKey(
        "payments.Transfer", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    entry = models.OneToOneField(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="proposal"
    )

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="correction_moves_something"),
            models.CheckConstraint(
                condition=Q(reverses=None, debit__isnull=False, credit__isnull=False) & ~Q(debit=F("credit"))
                | Q(reverses__isnull=False, debit=None, credit=None, transfer=None),
                name="correction_names_two_accounts_or_an_entry",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(entry__isnull=False, decided_by__isnull=False) & ~Q(decided_by=F("proposed_by")),
                name="correction_is_approved_by_another",
            ),
            models.UniqueConstraint(
                fields=["transfer"], condition=~Q(state="rejected"), name="one_giving_back_per_transfer"
            ),
            models.UniqueConstraint(
                fields=["reverses"], condition=~Q(state="rejected"), name="one_taking_back_per_entry"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} ₫ {self.state}"
