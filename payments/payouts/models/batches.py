"""Payouts that leave together: made by one person, approved by another."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.managers import MovingQuerySet

if TYPE_CHECKING:
    from payments.payouts.models.payouts import Payout


class PayoutBatch(models.Model):
    class State(models.TextChoices):
        COLLECTING = "collecting", _("being put together")
        READY = "ready", _("to be approved by a second person")
        APPROVED = "approved", _("approved, to be sent")
        SENT = "sent", _("sent to the bank")
        CANCELLED = "cancelled", _("cancelled")

    #: state -> states it may become
    TRANSITIONS = {
        State.COLLECTING: (State.READY, State.CANCELLED),
        State.READY: (State.APPROVED, State.CANCELLED),
        State.APPROVED: (State.SENT, State.CANCELLED),
        State.SENT: (),
        State.CANCELLED: (),
    }

    state = models.CharField(max_length=16, choices=State.choices, default=State.COLLECTING)
    #: of the form that it was made with: pressed twice it is one batch
    token = models.UUIDField(unique=True, default=uuid4)
    #: what was payable then is in it
    as_of = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    #: counted when it became ready: what the second person approves
    payouts_count = models.PositiveIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    #: the account that pays, as it was on that day
    bank_bin = models.CharField(max_length=6)
    account = models.CharField(max_length=32)
    account_name = models.CharField(max_length=70)

    objects = MovingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("made_by")),
                name="payout_batch_needs_two_people",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=False, approved_at__isnull=False)
                | Q(state__in=["collecting", "ready", "cancelled"]),
                name="payout_batch_leaves_approved",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_by__isnull=False, sent_at__isnull=False),
                name="payout_batch_was_sent_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def on_the_file(self) -> QuerySet[Payout]:
        """All that leave with it, in an order that never changes."""
        payouts: QuerySet[Payout] = self.payouts.exclude(state="cancelled").order_by("partner")
        return payouts

    @property
    def reference(self) -> str:
        """The same on every restart; banks and file names show it."""
        return f"CT{self.pk:05d}"
