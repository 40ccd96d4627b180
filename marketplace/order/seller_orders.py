"""A seller's part of an order: own lines, own shipping charge, own status, own packing slip."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.order.carriers import Carrier


class SellerOrder(models.Model):
    class Status(models.TextChoices):
        AWAITING_PAYMENT = "awaiting_payment", _("Waiting for payment")
        NEW = "new", _("New: to accept")
        PACKING = "packing", _("Being packed")
        HANDED_OVER = "handed_over", _("On its way")
        DELIVERED = "delivered", _("Delivered")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    #: status -> statuses it may become; every change goes through order.services
    TRANSITIONS = {
        Status.AWAITING_PAYMENT: (Status.NEW, Status.EXPIRED, Status.CANCELLED),
        Status.NEW: (Status.PACKING, Status.CANCELLED, Status.EXPIRED),
        Status.PACKING: (Status.HANDED_OVER, Status.CANCELLED),
        #: cancelled: nobody took it at the door, or it was paid before and came back; a word of its own for each
        Status.HANDED_OVER: (Status.DELIVERED, Status.CANCELLED),
        #: money that came late may find the goods still there
        Status.EXPIRED: (Status.AWAITING_PAYMENT,),
        Status.DELIVERED: (),
        Status.CANCELLED: (),
    }

    #: in these the buyer may still take it back without asking
    BEFORE_PACKING = (Status.AWAITING_PAYMENT, Status.NEW)
    #: in these its farm may still cancel it
    WITH_THE_FARM = (*BEFORE_PACKING, Status.PACKING)
    #: in these its seller or its carrier may still do something about it
    AT_WORK = (Status.NEW, Status.PACKING, Status.HANDED_OVER)
    #: in these it is not delivered, and nothing is owed for it
    ENDED = (Status.CANCELLED, Status.EXPIRED)

    order = models.ForeignKey("order.Order", on_delete=models.PROTECT, related_name="seller_orders")
    partner = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="seller_orders")
    #: "K1234567890", its own: whoever reads it on a label learns nothing of the order's number
    number = models.CharField(max_length=16, unique=True)
    status = models.CharField(max_length=24, choices=Status.choices, default=Status.AWAITING_PAYMENT)
    #: whole đồng
    goods_total = models.BigIntegerField()
    shipping_total = models.BigIntegerField()
    total = models.BigIntegerField()
    #: đồng of the goods that will not come and were not paid yet: the sum of its unpaid reductions
    reduced = models.BigIntegerField(default=0)
    #: grams that the carrier charges for: the larger of weight and volume
    charged_grams = models.PositiveIntegerField(default=0)
    #: how the charge was found: tariff, regions, band, days
    shipping_quote = models.JSONField(default=dict)
    carrier = models.CharField(max_length=40, blank=True)
    tracking_number = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    #: when it became its seller's work; null: it never did, and is not for the seller to see
    asked_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        app_label = "order"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "partner"], name="one_seller_order_per_partner"),
            models.CheckConstraint(
                condition=Q(
                    goods_total__gte=0, shipping_total__gte=0, total=F("goods_total") + F("shipping_total")
                ),
                name="seller_order_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(reduced__gte=0, reduced__lte=F("goods_total")),
                name="reduced_by_its_goods_at_most",
            ),
        ]
        indexes = [models.Index(fields=["partner", "status", "-created_at"], name="seller_order_console")]

    def __str__(self) -> str:
        return self.number

    @property
    def goods_due(self) -> int:
        """đồng of the goods that were, or are to be, paid."""
        return self.goods_total - self.reduced

    @property
    def due(self) -> int:
        """đồng that were, or are to be, paid for the whole parcel."""
        return self.total - self.reduced

    @property
    def to_collect(self) -> int:
        """đồng still to be taken at the door: 0 once it is paid, has arrived or has ended. Reads `order`."""
        return self.due if self.order.paid_at is None and self.status in self.AT_WORK else 0

    @property
    def is_brought_by_seller(self) -> bool:
        """Whether it goes on the seller's own account: what is paid for it at the door is in the seller's hands."""
        return self.carrier in Carrier.of_the_seller()


class Reduction(models.Model):
    """Less comes than was ordered of a line: packs, or grams of one. The line and all totals stay as ordered."""

    line = models.ForeignKey("order.Line", on_delete=models.PROTECT, related_name="reductions")
    packs = models.PositiveIntegerField(default=0)
    grams = models.PositiveIntegerField(default=0)
    #: đồng of the line's price that belong to them
    amount = models.BigIntegerField()
    #: True: they were paid and go back to the buyer; False: they are not asked for
    was_paid = models.BooleanField()
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "order"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) & (Q(packs__gt=0) | Q(grams__gt=0)),
                name="reduction_takes_something",
            )
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: -{self.amount} ₫"


class SellerOrderEvent(models.Model):
    """One step of a parcel after it was ordered (created_at), for the buyer's timeline and for disputes."""

    seller_order = models.ForeignKey(SellerOrder, on_delete=models.CASCADE, related_name="events")
    status = models.CharField(max_length=24, choices=SellerOrder.Status.choices)
    at = models.DateTimeField(auto_now_add=True)
    #: null: the system
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        app_label = "order"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.seller_order} {self.status}"


class Reservation(models.Model):
    """Packs held for one order line; releasing twice changes nothing."""

    class State(models.TextChoices):
        #: until expires_at
        HELD = "held", _("held")
        #: paid, or accepted by the seller: no longer expires
        CLAIMED = "claimed", _("claimed")
        #: left the seller's stock
        CONSUMED = "consumed", _("consumed")
        RELEASED = "released", _("released")

    line = models.OneToOneField("order.Line", on_delete=models.CASCADE, related_name="reservation")
    stockrecord = models.ForeignKey(
        "partner.StockRecord", on_delete=models.PROTECT, related_name="reservations"
    )
    quantity = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.HELD)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "order"
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_holds_something")
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="reservation_expiring", condition=Q(state="held")),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.stockrecord_id} ({self.state})"
