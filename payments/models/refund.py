"""Money that goes back, and above which amount a second person has to approve it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from payments.managers import RefundQuerySet
from payments.models.payment import Payment
from payments.models.transfer import Transfer
from payments.providers.vietqr.banks import bank_name


class Refund(models.Model):
    """Money to give back; issue it on the rail it came by, or by a bank transfer that a person makes."""

    class State(models.TextChoices):
        #: above the limit of its day (RefundPolicy): not owed before a second person agrees
        PROPOSED = "proposed", _("to be approved by a second person")
        CREATED = "created", _("to be made")
        IN_TRANSIT = "in_transit", _("on its way")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    #: state -> states it may become, each by one conditional UPDATE (RefundQuerySet.move)
    TRANSITIONS = {
        State.PROPOSED: (State.CREATED, State.CANCELLED),
        State.CREATED: (State.IN_TRANSIT, State.DONE, State.FAILED, State.CANCELLED),
        State.IN_TRANSIT: (State.CREATED, State.DONE, State.FAILED),  # created: the rail never heard of it
        State.FAILED: (State.DONE,),
        State.DONE: (State.FAILED,),  # it came back (bank_refunds.mark_returned alone)
        State.CANCELLED: (),
    }

    #: states in which nobody has it in hand: a rail's turn, or a person's
    UNSENT = (State.CREATED, State.FAILED)
    #: states in which the buyer still waits for the money
    OWED = (State.CREATED, State.IN_TRANSIT, State.FAILED)

    class Kind(models.TextChoices):
        SURPLUS = "surplus", _("too much, twice or too late")
        PARCEL = "parcel", _("parcel cancelled")
        LINE = "line", _("part of a parcel")
        CLAIM = "claim", _("claim")
        #: of the market's own money, not the farm's
        GOODWILL = "goodwill", _("from the market")

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    #: the money it gives back, where that came by bank transfer
    transfer = models.OneToOneField(
        Transfer, on_delete=models.PROTECT, null=True, blank=True, related_name="refund"
    )
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.SURPLUS)
    #: the paid parcel whose price it gives back; a surplus paid for none
    seller_order = models.ForeignKey(
        "order.SellerOrder", on_delete=models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    amount = models.BigIntegerField()
    #: what of the amount the parcel's goods and its sending had cost
    goods_amount = models.BigIntegerField(default=0)
    shipping_amount = models.BigIntegerField(default=0)
    state = models.CharField(max_length=16, choices=State.choices, default=State.CREATED)
    reason = models.CharField(max_length=200)
    #: made by the caller; the same intent twice is one refund
    key = models.CharField(max_length=120, unique=True)
    #: the rail's own number of it
    provider_reference = models.CharField(max_length=120, blank=True)
    #: the bank's, where a person sent it
    bank_reference = models.CharField(max_length=120, blank=True)
    #: how often the buyer's bank sent it back
    returns = models.PositiveSmallIntegerField(default=0)
    #: what the rail, or the bank, said when it did not do it
    message = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    #: null: it follows from the order itself
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    needs_approval = models.BooleanField(default=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: who agreed that it leaves our bank account, above the limit of one person; another sends it
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: staff changed where it goes, or that a person sends it, or it came back: whoever approved it did not see that
    changed_by_staff = models.BooleanField(default=False)
    #: null: the rail
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: the buyer's account, where the rail cannot give money back: NAPAS BIN, number, holder in capitals
    bank_bin = models.CharField(max_length=6, blank=True)
    account = models.CharField(max_length=19, blank=True)
    holder = models.CharField(max_length=70, blank=True)
    #: when one process took it upon itself to ask the rail for it, and when the rail was last asked what became of it
    started_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_gives_something"),
            models.CheckConstraint(
                condition=Q(seller_order__isnull=True, kind="surplus", goods_amount=0, shipping_amount=0)
                | Q(
                    ~Q(kind="surplus"),
                    seller_order__isnull=False,
                    goods_amount__gte=0,
                    shipping_amount__gte=0,
                    amount=F("goods_amount") + F("shipping_amount"),
                ),
                name="refund_of_a_parcel_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("requested_by")),
                name="refund_needs_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(sent_by=F("released_by")), name="refund_is_released_and_sent_by_two"
            ),
            # that it came back only one person says; by itself the rail sends nothing a second time
            models.CheckConstraint(
                condition=Q(returns=0)
                | ~Q(state="done")
                | Q(released_by__isnull=False)
                | Q(sent_by__isnull=True),
                name="refund_is_sent_again_by_two",
            ),
            # what a rail says of one refund must never be taken for another of the same payment
            models.UniqueConstraint(
                fields=["payment", "provider_reference"],
                condition=~Q(provider_reference=""),
                name="one_refund_per_number_of_its_rail",
            ),
            models.CheckConstraint(
                condition=Q(needs_approval=False)
                | Q(requested_by__isnull=False, approved_by__isnull=False)
                | Q(state__in=["proposed", "cancelled"]),
                name="refund_leaves_approved",
            ),
            models.CheckConstraint(
                condition=Q(bank_bin="", account="", holder="")
                | (Q(bank_bin__regex=r"^[0-9]{6}$", account__regex=r"^[0-9A-Za-z]{4,19}$") & ~Q(holder="")),
                name="refund_account_can_be_paid_to",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} ₫ {self.state}"

    @property
    def bank(self) -> str:
        return bank_name(self.bank_bin)

    @property
    def is_agreed(self) -> bool:
        """Whether a second person agreed that it leaves our bank account, to the account that it shows."""
        approved = self.approved_by_id is not None and not self.changed_by_staff
        return approved or self.released_by_id is not None

    @property
    def came_back(self) -> bool:
        return self.returns > 0

    @property
    def is_without_account(self) -> bool:
        """Nobody has said where it goes. A transfer's surplus may go back to the account that sent it, once."""
        return not self.account and (self.came_back or self.transfer_id is None)

    @property
    def sending(self) -> str:
        """Names this sending of it, in keys: another each time that the bank sent it back."""
        return f"{self.pk}:{self.returns}" if self.returns else str(self.pk)

    @property
    def told_state(self) -> str:
        """For the buyer: that the rail did not do it is our affair, not the end of the money."""
        failed = self.state == self.State.FAILED
        return str(_("we send it by bank transfer") if failed else self.get_state_display())

    @property
    def masked_account(self) -> str:
        """Enough to recognise it."""
        return "••••" + self.account[-4:]


class RefundLine(models.Model):
    """What of an order line a refund gives back: whole packs, grams of one, or only đồng of its price."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey("order.Line", on_delete=models.PROTECT, related_name="refund_lines")
    packs = models.PositiveIntegerField(default=0)
    grams = models.PositiveIntegerField(default=0)
    amount = models.BigIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["refund", "line"], name="one_refund_line_per_line"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_line_gives_something"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.amount} ₫"


class RefundPolicy(models.Model):
    """Above which amount a second person has to approve what one of the staff gives back. The newest one counts."""

    valid_from = models.DateField(_("valid from"), unique=True)
    limit = models.BigIntegerField(
        _("limit, đồng"),
        help_text=_("A refund above this waits for a second person. A choice of the market."),
    )

    class Meta:
        ordering = ["-valid_from"]
        verbose_name, verbose_name_plural = _("refund policy"), _("refund policies")
        constraints = [models.CheckConstraint(condition=Q(limit__gte=0), name="refund_limit_is_an_amount")]

    def __str__(self) -> str:
        return f"{self.valid_from}: {self.limit} ₫"
