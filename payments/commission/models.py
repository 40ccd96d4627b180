"""What the market keeps of a sale, and who is paid for sending it: dated rules, never edited into the past."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from farmers.partner.models import Partner
from payments.dated_rules import DatedRule


def percent(basis_points: int) -> str:
    """300 -> "3", 50 -> "0,5": as Vietnamese writes it."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole},{rest:02}".rstrip("0").rstrip(",") if rest else str(whole)


class CommissionRule(DatedRule):
    """How much of a sale's goods the market keeps, of whom and of what. The most specific rule wins."""

    basis_points = models.PositiveIntegerField(
        _("commission, in hundredths of a percent"),
        help_text=_(
            "300 is 3 percent of the goods' price, shipping not counted. UNCONFIRMED: our assumption, to be "
            "decided by the platform's owner."
        ),
    )
    #: at most one of the three; none: the rule for everybody
    partner_kind = models.CharField(
        _("only for this kind of seller"), max_length=16, choices=Partner.Kind.choices, blank=True
    )
    partner = models.ForeignKey(
        "partner.Partner",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="commission_rules",
        verbose_name=_("only for this seller"),
    )
    crop = models.ForeignKey(
        "catalogue.Crop",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="commission_rules",
        verbose_name=_("only for this crop"),
    )

    class Meta(DatedRule.Meta):
        verbose_name, verbose_name_plural = _("commission rule"), _("commission rules")
        constraints = [
            models.CheckConstraint(condition=Q(basis_points__lte=10_000), name="commission_is_a_part"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="commission_rule_has_a_term",
            ),
            models.CheckConstraint(
                condition=Q(partner__isnull=True, crop__isnull=True)
                | Q(partner_kind="", crop__isnull=True)
                | Q(partner_kind="", partner__isnull=True),
                name="commission_rule_has_one_scope",
                violation_error_message=_("Choose a kind of seller, a seller or a crop, only one of them."),
            ),
            models.UniqueConstraint(
                fields=["valid_from", "partner_kind", "partner", "crop"],
                name="one_commission_rule_per_scope_and_day",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{percent(self.basis_points)} % {self.valid_from}"


class ShippingRule(DatedRule):
    """Who pays the carrier, and so to whom the buyer's shipping charge belongs once a parcel is handed over."""

    class Payer(models.TextChoices):
        SELLER = "seller", _("The seller pays the carrier and gets the charge")
        PLATFORM = "platform", _("The platform pays the carrier and keeps the charge for it")

    payer = models.CharField(
        _("who pays the carrier"),
        max_length=16,
        choices=Payer.choices,
        help_text=_("UNCONFIRMED: our assumption, to be decided by the platform's owner."),
    )

    class Meta(DatedRule.Meta):
        verbose_name, verbose_name_plural = _("shipping rule"), _("shipping rules")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="shipping_rule_has_a_term",
            ),
            models.UniqueConstraint(fields=["valid_from"], name="one_shipping_rule_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.payer} {self.valid_from}"


class Commission(models.Model):
    """What one sale, or one refund of it, changed in what the market keeps. Whole đồng, signed, frozen."""

    #: "sold:<parcel>" or "refund:<refund>"; the same event twice is one row
    key = models.CharField(max_length=80, unique=True)
    seller_order = models.ForeignKey(
        "order.SellerOrder", on_delete=models.PROTECT, related_name="commissions"
    )
    #: goods sold (or given back, negative), without shipping
    goods = models.BigIntegerField()
    amount = models.BigIntegerField()
    #: of a sale, its lines: [{"line": pk, "goods": đồng, "basis_points": …, "amount": đồng}]
    detail = models.JSONField(default=list)
    occurred_at = models.DateTimeField()

    class Meta:
        ordering = ["occurred_at", "pk"]

    def __str__(self) -> str:
        return f"{self.key} {self.amount} ₫"
