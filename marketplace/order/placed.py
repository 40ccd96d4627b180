"""What the buyer ordered: Oscar's Order, Line and ShippingAddress with whole đồng and places without districts."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Floor
from django.utils.translation import gettext_lazy as _
from oscar.apps.address.abstract_models import AbstractShippingAddress
from oscar.apps.order.abstract_models import AbstractLine, AbstractOrder

from marketplace.order.managers import OrderQuerySet


class Order(AbstractOrder):
    class Status(models.TextChoices):
        PENDING_PAYMENT = "pending_payment", _("Waiting for payment")
        #: paid, or to be paid at the door
        CONFIRMED = "confirmed", _("Confirmed")
        EXPIRED = "expired", _("Expired unpaid")
        CANCELLED = "cancelled", _("Cancelled")
        COMPLETED = "completed", _("Delivered")

    #: in these it takes no money unless it is taken up again
    ENDED = (Status.EXPIRED, Status.CANCELLED)

    status = models.CharField(
        _("Status"), max_length=24, choices=Status.choices, default=Status.PENDING_PAYMENT
    )
    #: made with the checkout form; the same form sent twice is one order
    submission_token = models.UUIDField(unique=True)
    #: E.164; with the number's last four digits it opens the order to a guest
    phone = models.CharField(max_length=16, db_index=True)
    payment_method = models.CharField(max_length=32)
    note = models.TextField(blank=True)
    #: when held stock goes back unless paid (or, for cash on delivery, accepted)
    expires_at = models.DateTimeField(null=True, blank=True)
    #: when all that was still due had come to the market; null: carriers may collect, or have taken all of it
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta(AbstractOrder.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    total_incl_tax=Floor("total_incl_tax"),
                    total_excl_tax=F("total_incl_tax"),
                    shipping_incl_tax=Floor("shipping_incl_tax"),
                    shipping_excl_tax=F("shipping_incl_tax"),
                ),
                name="order_is_whole_dong",
            ),
        ]

    objects = OrderQuerySet.as_manager()

    @property
    def total(self) -> int:
        """Whole đồng, goods and shipping."""
        return int(self.total_incl_tax)

    @property
    def shipping_total(self) -> int:
        """Whole đồng."""
        return int(self.shipping_incl_tax)

    @property
    def goods_total(self) -> int:
        """Whole đồng."""
        return self.total - self.shipping_total


class Line(AbstractLine):
    seller_order = models.ForeignKey("order.SellerOrder", on_delete=models.CASCADE, related_name="lines")
    #: as sold; the product may change later
    pack_label = models.CharField(max_length=40, blank=True)
    pack_grams = models.PositiveIntegerField(default=0)
    is_own_raw_produce = models.BooleanField(default=False)

    class Meta(AbstractLine.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(line_price_incl_tax=Floor("line_price_incl_tax")), name="line_is_whole_dong"
            ),
        ]


class ShippingAddress(AbstractShippingAddress):
    """Where the parcels go: `last_name` is the recipient's whole name, `line1` the house, street and hamlet.

    `line4` and `state` keep the names of the commune and the province as they were on the day of the order.
    There is no district since 2025-07-01, and nobody knows a postcode: those fields of Oscar are gone.
    """

    title = first_name = line2 = line3 = postcode = None
    search_fields = ["last_name", "line1", "line4", "state"]
    base_fields = hash_fields = ["last_name", "line1", "line4", "state"]

    commune = models.ForeignKey("address.Commune", on_delete=models.PROTECT, related_name="+")
    #: what the buyer typed to find the place, former names included: couriers may still ask for it
    typed_place = models.CharField(max_length=200, blank=True)

    class Meta(AbstractShippingAddress.Meta):
        abstract = False

    def clean(self) -> None:
        """Oscar's would look at the postcode; forms have cleaned the rest."""

    @property
    def salutation(self) -> str:
        return self.last_name

    @property
    def place(self) -> str:
        """Without the name: "12 Lê Lợi, Phường Đồng Xoài, Đồng Nai"."""
        return self.join_fields(["line1", "line4", "state"])
