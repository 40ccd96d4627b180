"""What one seller gets in one batch, and which parcels it pays for."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments.managers import MovingQuerySet
from payments.providers.vietqr.banks import bank_name
from payments.providers.vietqr.provider import VietQRProvider


class Payout(models.Model):
    """One transfer to one seller. The account is copied: it shows where the money went."""

    class State(models.TextChoices):
        WAITING = "waiting", _("to be sent")
        SENT = "sent", pgettext_lazy("payout", "on its way")
        PAID = "paid", _("arrived")
        RETURNED = "returned", _("came back")
        CANCELLED = "cancelled", _("cancelled")

    #: state -> states it may become
    TRANSITIONS = {
        State.WAITING: (State.SENT, State.CANCELLED),
        State.SENT: (State.PAID, State.RETURNED),
        State.PAID: (State.RETURNED,),
        State.RETURNED: (),
        State.CANCELLED: (),
    }

    batch = models.ForeignKey("payouts.PayoutBatch", on_delete=models.PROTECT, related_name="payouts")
    partner = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="payouts")
    account = models.ForeignKey("payouts.PayoutAccount", on_delete=models.PROTECT, related_name="payouts")
    #: made from the batch and the seller alone; letters and digits, as banks leave them
    reference = models.CharField(max_length=25, unique=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    amount = models.BigIntegerField()
    #: debts (negative) and corrections that it settles beside its parcels
    adjustment = models.BigIntegerField(default=0)
    bank_bin = models.CharField(max_length=6)
    number = models.CharField(max_length=19)
    holder = models.CharField(max_length=70)
    bank_reference = models.CharField(max_length=120, blank=True)
    #: why the bank sent it back
    reason = models.CharField(max_length=200, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = MovingQuerySet.as_manager()

    class Meta:
        ordering = ["batch", "partner"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_gives_something"),
            models.UniqueConstraint(fields=["batch", "partner"], name="one_payout_per_seller_and_batch"),
            # what waits is not in the ledger yet: a second payout would pay the same balance again
            models.UniqueConstraint(
                fields=["partner"], condition=Q(state="waiting"), name="one_waiting_payout_per_seller"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def bank(self) -> str:
        return bank_name(self.bank_bin)

    @property
    def fits_one_transfer(self) -> bool:
        """Whether a quick transfer (NAPAS 247) carries it; else only the bank's file does."""
        return self.amount <= VietQRProvider.maximum


class PayoutItem(models.Model):
    """A parcel that a payout pays for. Closed when the payout was cancelled or came back: it is due again."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="items")
    seller_order = models.ForeignKey(
        "order.SellerOrder", on_delete=models.PROTECT, related_name="payout_items"
    )
    #: đồng of the parcel that were payable then
    amount = models.BigIntegerField()
    #: the parcel's newest that is counted in it; the audit adds up again what was owed until then
    last_entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+")
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller_order"], condition=Q(is_open=True), name="parcel_is_paid_out_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.seller_order_id}: {self.amount} ₫"
