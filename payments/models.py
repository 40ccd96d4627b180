"""How money moves for an order: attempts, what providers told us, transfers seen at the bank, refunds."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.exceptions import ImpossibleMove
from payments.managers import PaymentQuerySet, TransferQuerySet


class Payment(models.Model):
    """One attempt to pay one order by one provider. Amounts are whole đồng."""

    class State(models.TextChoices):
        CREATED = "created", _("created")
        PENDING = "pending", _("waiting")
        CONFIRMED = "confirmed", _("paid")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("expired")

    #: state -> states it may become; a late failure never undoes a success
    TRANSITIONS = {
        State.CREATED: (State.PENDING, State.CONFIRMED, State.FAILED, State.CANCELLED, State.EXPIRED),
        State.PENDING: (State.CONFIRMED, State.FAILED, State.CANCELLED, State.EXPIRED),
        State.EXPIRED: (State.CONFIRMED,),
        State.FAILED: (State.CONFIRMED,),
        State.CANCELLED: (State.CONFIRMED,),
        State.CONFIRMED: (),
    }

    #: states in which money is still expected
    OPEN = (State.CREATED, State.PENDING)

    order = models.ForeignKey("order.Order", on_delete=models.PROTECT, related_name="payments")
    #: key of settings.PAYMENT_PROVIDERS
    provider = models.CharField(max_length=32)
    state = models.CharField(max_length=16, choices=State.choices, default=State.CREATED)
    amount = models.BigIntegerField()
    #: what has come in so far; a transfer may come in parts
    received = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="VND")
    #: ours, given to the provider and written into the memo: "BP" and eight letters or digits
    reference = models.CharField(max_length=40, unique=True)
    #: theirs
    provider_reference = models.CharField(max_length=120, blank=True)
    #: why the money has not come, where the rail said so: a value of providers.base.Reason
    failure = models.CharField(max_length=16, blank=True)
    #: what the buyer's page shows: {"qr_payload": …} or {"redirect_url": …}
    instructions = models.JSONField(default=dict)
    #: null: no clock runs, the money comes with the parcel
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    #: when one process took it upon itself to begin it at the rail; null: nobody has yet, or none has to
    started_at = models.DateTimeField(null=True, blank=True)
    #: when the rail is to be asked again what became of it; null: not asked yet
    ask_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, received__gte=0), name="payment_amounts_are_positive"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False),
                name="confirmed_payment_has_a_time",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state="confirmed"), name="one_confirmed_payment_per_order"
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], name="payment_expiring", condition=Q(state__in=["created", "pending"])
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def missing(self) -> int:
        """đồng still to come."""
        return max(self.amount - self.received, 0)

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    def is_overdue(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def move(self, to: "Payment.State") -> None:
        """Become ``to`` and save; the caller holds the row's lock. Raises ImpossibleMove."""
        if to not in self.TRANSITIONS[self.State(self.state)]:
            raise ImpossibleMove(f"payment {self.reference} cannot go from {self.state} to {to}")
        self.state = to
        if to == self.State.CONFIRMED:
            self.confirmed_at = timezone.now()
        self.save()


class Notification(models.Model):
    """What a provider sent, kept raw before it is believed."""

    class Verdict(models.TextChoices):
        RECEIVED = "received", _("not looked at yet")
        ACCEPTED = "accepted", _("accepted")
        FORGED = "forged", _("signature is wrong")
        UNUSABLE = "unusable", _("cannot be read")

    provider = models.CharField(max_length=32)
    #: the provider's own id of the event; a digest of the body where that cannot be read
    event_id = models.CharField(max_length=128)
    verdict = models.CharField(max_length=16, choices=Verdict.choices, default=Verdict.RECEIVED)
    body = models.BinaryField()
    headers = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    #: how often the same event came again
    repeats = models.PositiveIntegerField(default=0)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="notifications")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            # a forged one must not take the place of the real one
            models.UniqueConstraint(
                fields=["provider", "event_id"],
                condition=~Q(verdict="forged"),
                name="one_notification_per_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"


class Transfer(models.Model):
    """A movement on our bank account, and where it ended."""

    class Outcome(models.TextChoices):
        EXACT = "exact", _("pays the order")
        PARTIAL = "partial", _("less than owed: order stays open")
        OVER = "over", _("more than owed: give the rest back")
        LATE = "late", _("came after the order ended")
        DUPLICATE = "duplicate", _("order was paid already")
        UNKNOWN = "unknown", _("no order has this code")
        OUTGOING = "outgoing", _("money that left")

    #: outcomes that a person has to settle
    NEEDS_A_PERSON = (Outcome.OVER, Outcome.LATE, Outcome.DUPLICATE, Outcome.UNKNOWN)

    notification = models.OneToOneField(Notification, on_delete=models.PROTECT, related_name="transfer")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="transfers")
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    amount = models.BigIntegerField()
    account = models.CharField(max_length=32)
    content = models.CharField(max_length=500)
    bank_reference = models.CharField(max_length=120, blank=True)
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

    def __str__(self) -> str:
        return f"{self.amount} ₫ {self.outcome}"


class Refund(models.Model):
    """Money to give back; issue it on the rail it came by, or by a bank transfer that a person makes."""

    class State(models.TextChoices):
        CREATED = "created", _("to be made")
        IN_TRANSIT = "in_transit", _("on its way")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    #: the money it gives back, where that came by bank transfer
    transfer = models.OneToOneField(
        Transfer, on_delete=models.PROTECT, null=True, blank=True, related_name="refund"
    )
    amount = models.BigIntegerField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.CREATED)
    reason = models.CharField(max_length=200)
    #: made by the caller; the same intent twice is one refund
    key = models.CharField(max_length=120, unique=True)
    provider_reference = models.CharField(max_length=120, blank=True)
    #: what the rail said when it did not do it
    message = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    #: when one process took it upon itself to ask the rail for it
    started_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_gives_something")]

    def __str__(self) -> str:
        return f"{self.amount} ₫ {self.state}"


class RailSwitch(models.Model):
    """The kill switch: a rail named here and off is offered to nobody. What was paid by it is still settled."""

    #: key of settings.PAYMENT_PROVIDERS
    provider = models.CharField(max_length=32, unique=True)
    is_off = models.BooleanField(default=True)
    #: for the money desk
    reason = models.CharField(max_length=200)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.provider
