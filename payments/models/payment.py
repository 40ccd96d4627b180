"""An attempt to pay an order."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.exceptions import ImpossibleMove
from payments.managers import PaymentQuerySet
from payments.providers import registry


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
        State.EXPIRED: (State.PENDING, State.CONFIRMED),  # a part came while the goods were still held
        State.FAILED: (State.CONFIRMED,),
        State.CANCELLED: (State.CONFIRMED,),
        State.CONFIRMED: (),
    }

    #: states in which money is still expected
    OPEN = (State.CREATED, State.PENDING)
    #: states of which the rail does not know: it may still have something to say
    GIVEN_UP = (State.CANCELLED, State.EXPIRED)

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
            ),
            models.Index(fields=["amount"], name="payments_by_amount"),
            models.Index(fields=["received"], name="payments_by_received"),
            models.Index(fields=["provider_reference"], name="payments_by_their_reference"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def way(self) -> str:
        """The way of paying in words."""
        return registry.name_of(self.provider)

    @property
    def missing(self) -> int:
        """đồng still to come."""
        return max(self.amount - self.received, 0)

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def goes_back_by_rail(self) -> bool:
        """Its refunds need nobody: the rail sends them. Otherwise a person does, to an account the buyer names."""
        return self.provider in registry.giving_back()

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
