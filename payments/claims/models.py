"""What buyers ask after the farm has begun: to cancel, or for money back of goods that came spoiled.

A person decides each of them; deadlines are shown to everybody concerned.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.managers import MovingQuerySet


class AskingQuerySet(MovingQuerySet):
    def open(self) -> AskingQuerySet:
        """Those that somebody has still to answer or decide."""
        return self.filter(state__in=self.model.OPEN_STATES)


class CancellationRequest(models.Model):
    """The buyer of a parcel that is being packed asks to take it back."""

    class State(models.TextChoices):
        ASKED = "asked", _("waits for an answer")
        AGREED = "agreed", _("agreed")
        REFUSED = "refused", _("not possible any more")
        #: the parcel left, or ended, before anybody answered
        OVERTAKEN = "overtaken", _("overtaken")

    TRANSITIONS = {
        State.ASKED: (State.AGREED, State.REFUSED, State.OVERTAKEN),
        State.AGREED: (),
        State.REFUSED: (),
        State.OVERTAKEN: (),
    }
    OPEN_STATES = (State.ASKED,)

    seller_order = models.ForeignKey(
        "order.SellerOrder", on_delete=models.PROTECT, related_name="cancellation_requests"
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.ASKED)
    reason = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    #: after this staff answer too
    answer_by = models.DateTimeField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, blank=True)

    objects = AskingQuerySet.as_manager()

    class Meta:
        ordering = ["answer_by", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["seller_order"], condition=Q(state="asked"), name="one_open_cancellation_request"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "overtaken"])
                | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="cancellation_is_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seller_order} {self.state}"


class ClaimWindow(models.Model):
    """How long after delivery a buyer may claim, and how soon he is answered. The newest rule of a crop counts."""

    valid_from = models.DateField(_("valid from"))
    crop = models.ForeignKey(
        "catalogue.Crop",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: for every crop without a rule of its own."),
    )
    hours = models.PositiveIntegerField(
        _("hours after delivery"),
        help_text=_("No longer than the hold of payouts, else a claim may come after the money has left."),
    )
    answer_hours = models.PositiveIntegerField(_("hours for the farm to answer"))
    decide_hours = models.PositiveIntegerField(_("hours for us to decide"))

    class Meta:
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["valid_from", "crop"], name="one_claim_window_per_day", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.crop or '*'}: {self.hours} h"


class Claim(models.Model):
    """The buyer of a delivered parcel says that its goods were not as they should be. A person decides."""

    class State(models.TextChoices):
        MADE = "made", _("the farm is asked")
        ANSWERED = "answered", _("the farm has answered")
        GRANTED = "granted", _("money goes back")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    #: granted -> answered: the second person did not agree to the refund, so it is to be decided anew
    TRANSITIONS = {
        State.MADE: (State.ANSWERED, State.GRANTED, State.REFUSED, State.WITHDRAWN),
        State.ANSWERED: (State.GRANTED, State.REFUSED, State.WITHDRAWN),
        State.GRANTED: (State.ANSWERED,),
        State.REFUSED: (),
        State.WITHDRAWN: (),
    }
    OPEN_STATES = (State.MADE, State.ANSWERED)

    seller_order = models.ForeignKey("order.SellerOrder", on_delete=models.PROTECT, related_name="claims")
    state = models.CharField(max_length=16, choices=State.choices, default=State.MADE)
    words = models.CharField(max_length=1000)
    #: đồng that the buyer asks for
    wanted = models.BigIntegerField()
    made_at = models.DateTimeField(default=timezone.now)
    #: the farm's time to answer; staff may decide earlier only where it has answered
    answer_by = models.DateTimeField()
    decide_by = models.DateTimeField()
    #: None: the farm said nothing
    seller_agrees = models.BooleanField(null=True)
    seller_words = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=1000, blank=True)
    refund = models.OneToOneField(
        "payments.Refund", on_delete=models.PROTECT, null=True, blank=True, related_name="claim"
    )

    objects = AskingQuerySet.as_manager()

    class Meta:
        ordering = ["decide_by", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["seller_order"], condition=~Q(state="withdrawn"), name="one_claim_per_parcel"
            ),
            models.CheckConstraint(condition=Q(wanted__gt=0), name="claim_wants_something"),
            models.CheckConstraint(
                condition=~Q(state__in=["granted", "refused"])
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decision=""),
                name="claim_is_decided_by_somebody_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="granted") | Q(refund__isnull=False), name="granted_claim_has_its_refund"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seller_order} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    def may_be_decided(self, now: datetime) -> bool:
        """Once the farm has said its word, or the time is over that it was promised for it."""
        return self.state == self.State.ANSWERED or (self.state == self.State.MADE and self.answer_by <= now)

    @property
    def is_decidable(self) -> bool:
        return self.may_be_decided(timezone.now())


class ClaimPhoto(models.Model):
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="photos")
    image = models.ForeignKey("images.MarketImage", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.image_id}"
