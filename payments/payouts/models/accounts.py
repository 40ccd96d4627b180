"""Where a seller's money goes: every account ever given stays, the newest one that may be used counts."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from payments.providers.vietqr.banks import bank_name


class PayoutAccountQuerySet(models.QuerySet["PayoutAccount"]):
    def usable(self, now: datetime) -> PayoutAccountQuerySet:
        """The newest comes first; it is the one that counts."""
        return self.filter(cancelled_at=None, usable_from__lte=now).order_by("-usable_from", "-pk")

    def frozen(self, now: datetime) -> PayoutAccountQuerySet:
        """Changes that may still be called off; payouts of their sellers wait."""
        return self.filter(cancelled_at=None, usable_from__gt=now)


class PayoutAccount(models.Model):
    """One bank account that a seller asked to be paid to."""

    partner = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="payout_accounts")
    #: six-digit NAPAS BIN
    bank_bin = models.CharField(max_length=6)
    number = models.CharField(max_length=19)
    #: in capitals without marks, as banks print it
    holder = models.CharField(max_length=70)
    requested_at = models.DateTimeField(default=timezone.now)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    #: the end of the freeze
    usable_from = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = PayoutAccountQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(bank_bin__regex=r"^[0-9]{6}$", number__regex=r"^[0-9A-Za-z]{4,19}$")
                & ~Q(holder=""),
                name="payout_account_can_be_paid_to",
            ),
            models.CheckConstraint(
                condition=Q(usable_from__gte=F("requested_at")), name="payout_account_freezes_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.masked_number}"

    @property
    def bank(self) -> str:
        return bank_name(self.bank_bin)

    @property
    def masked_number(self) -> str:
        """Enough to recognise it."""
        return "••••" + self.number[-4:]
