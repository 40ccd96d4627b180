"""The seller of record and its stock: Oscar's Partner and StockRecord with our walls."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Floor
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oscar.apps.partner.abstract_models import AbstractPartner, AbstractStockRecord

from farmers.partner.managers import PartnerQuerySet, StockRecordQuerySet


class Partner(AbstractPartner):
    class Kind(models.TextChoices):
        #: also an individual who sells: the law on tax treats both alike
        HOUSEHOLD = "household", _("Farm household")
        COOPERATIVE = "cooperative", _("Cooperative")
        ENTERPRISE = "enterprise", _("Company")

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting for verification")
        ACTIVE = "active", _("Selling")
        SUSPENDED = "suspended", _("Suspended")

    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.HOUSEHOLD)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.PENDING)
    commune = models.ForeignKey("address.Commune", on_delete=models.PROTECT, null=True, related_name="+")
    #: E.164; where the seller is told of orders
    phone = models.CharField(max_length=16, blank=True)
    #: one or two plain sentences for the product page; the long story is a Wagtail page
    about = models.TextField(blank=True)
    picture = models.ForeignKey(
        "images.MarketImage", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = PartnerQuerySet.as_manager()

    class Meta(AbstractPartner.Meta):
        abstract = False


class PartnerMember(models.Model):
    """A person who may act for a seller. Oscar's Partner.users and its dashboard permission stay unused."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        STAFF = "staff", _("Helper")

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="members")
    #: taken away on the stall's page, where the old phone hears of it, never with the person
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.OWNER)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "user"], name="one_membership_per_person")]

    def __str__(self) -> str:
        return f"{self.user} @ {self.partner}"

    @property
    def is_owner(self) -> bool:
        return self.role == self.Role.OWNER


class FormerPhone(models.Model):
    """A phone that was the stall's or an owner's, and still hears for a while where its money is to go."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="former_phones")
    #: E.164
    phone = models.CharField(max_length=16)
    until = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-until", "-pk"]

    def __str__(self) -> str:
        return self.phone


class StockRecord(AbstractStockRecord):
    """A product's price (whole đồng a pack) and packs; only farmers.partner.stock writes the counts."""

    num_in_stock = models.PositiveIntegerField(_("Packs in stock"), default=0)
    num_allocated = models.PositiveIntegerField(_("Packs held for orders"), default=0)
    #: the seller's "tạm hết" switch: nothing is sold, the number stays
    is_paused = models.BooleanField(default=False)

    objects = StockRecordQuerySet.as_manager()

    class Meta:
        app_label = "partner"
        unique_together = ("partner", "partner_sku")
        constraints = [
            models.UniqueConstraint(fields=["product"], name="one_stock_record_per_product"),
            models.CheckConstraint(
                condition=Q(num_allocated__gte=0, num_in_stock__gte=F("num_allocated")),
                name="stock_never_oversold",
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price=Floor("price"), price__gt=0),
                name="price_is_whole_dong",
            ),
        ]


from oscar.apps.partner.models import *  # noqa: E402, F403  isort: skip  the rest of Oscar's models
