"""Transfers seen at the bank."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from payments.managers import TransferQuerySet
from payments.models.notification import Notification
from payments.models.payment import Payment


class Transfer(models.Model):
    """A movement on our bank account, and where it ended."""

    class Outcome(models.TextChoices):
        EXACT = "exact", _("pays the order")
        PARTIAL = "partial", _("less than owed: order stays open")
        OVER = "over", _("more than owed: give the rest back")
        LATE = "late", _("came after the order ended")
        DUPLICATE = "duplicate", _("order was paid already")
        UNKNOWN = "unknown", _("no order has this code")
        RETURNED = "returned", _("our own money that came back")
        OUTGOING = "outgoing", _("money that left")
        ELSEWHERE = "elsewhere", _("went to another account")

    #: outcomes that a person has to settle
    NEEDS_A_PERSON = (Outcome.OVER, Outcome.LATE, Outcome.DUPLICATE, Outcome.UNKNOWN)
    #: outcomes that brought our account nothing: in no book, and in no statement as money that came
    NOT_RECEIVED = (Outcome.OUTGOING, Outcome.ELSEWHERE)

    notification = models.OneToOneField(Notification, on_delete=models.PROTECT, related_name="transfer")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="transfers")
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    amount = models.BigIntegerField()
    account = models.CharField(max_length=32)
    content = models.CharField(max_length=500)
    #: the content as the desk searches it: banks pass words on without marks, or with them
    folded = models.TextField()
    bank_reference = models.CharField(max_length=120, blank=True, db_index=True)
    occurred_at = models.DateTimeField()
    #: đồng of it that belong to nobody's order yet
    surplus = models.BigIntegerField(default=0)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    resolution = models.CharField(max_length=200, blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, surplus__gte=0, surplus__lte=F("amount")),
                name="transfer_amounts_are_sane",
            ),
        ]
        indexes = [
            models.Index(fields=["amount"], name="transfers_by_amount"),
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="transfer_folded_trgm"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} ₫ {self.outcome}"

    @property
    def is_unclaimed(self) -> bool:
        """Whether it came to us, nobody knows for what, and nobody has decided about it yet."""
        unknown = self.outcome == self.Outcome.UNKNOWN and not self.payment_id
        return unknown and self.resolved_at is None
