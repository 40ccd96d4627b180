"""Tax that the platform keeps back from sellers: dated rules as data, and what was kept back by them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from farmers.partner.models import Partner
from payments.tax.withholding_rule import WithholdingRule

__all__ = ["SellerRevenue", "Taxpayer", "Withheld", "WithholdingRule"]


AMOUNTS = ("revenue", "counted", "taxable", "taxed", "vat", "income_tax")
_BACK = ["refunded", "released"]


def _all_are(compared: str) -> Q:
    """No amount is on the other side of nought."""
    return Q(**{f"{name}__{compared}": 0 for name in AMOUNTS})


class Withheld(models.Model):
    """What one sale, or one refund of it, changed: revenue counted and tax kept back. Whole đồng, signed.

    The rates are copied from the rule: what was kept back stays explainable whatever becomes of the rule.
    """

    class Kind(models.TextChoices):
        SOLD = "sold", _("sold and paid")
        SHIPPING = "shipping", _("shipping charge passed on")
        #: it was sold below the yearly limit, which the seller has passed since
        CAUGHT_UP = "caught_up", _("taxed later, with the sale that passed the yearly limit")
        REFUNDED = "refunded", _("given back")
        #: it was sold above the yearly limit, to which another refund has taken the year nearer since
        RELEASED = "released", _("tax given back, with a refund that took the year nearer to the limit")

    #: "sold:<parcel>", "caught_up:<parcel>:<row that passed>", "refund:<refund>" or "released:<parcel>:<row of the
    #: refund>", and what of it is of shipping with ":shipping" behind; the same event twice is one row
    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    partner = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="withheld")
    seller_order = models.ForeignKey("order.SellerOrder", on_delete=models.PROTECT, related_name="withheld")
    rule = models.ForeignKey(WithholdingRule, on_delete=models.PROTECT, related_name="+")
    #: of another sale's row: the sale that passed the yearly limit, or the refund
    brought_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="brought"
    )
    #: about the shipping charge, where the rule taxes it, with rates of its own; else about goods
    of_shipping = models.BooleanField(default=False)
    #: whether the year's sum decided how much of it is taxed
    by_limit = models.BooleanField(default=False)
    #: what was sold (or given back, negative)
    revenue = models.BigIntegerField()
    #: the part of the revenue that counts against the yearly limit: raw produce may not
    counted = models.BigIntegerField()
    #: the part of the revenue that can be taxed: all but the raw produce that the rule spares
    taxable = models.BigIntegerField()
    #: the part of it that was taxed
    taxed = models.BigIntegerField()
    vat_basis_points = models.PositiveIntegerField()
    income_tax_basis_points = models.PositiveIntegerField()
    vat = models.BigIntegerField()
    income_tax = models.BigIntegerField()
    #: decides the month of the declaration
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        verbose_name = verbose_name_plural = _("tax kept back")
        constraints = [
            models.UniqueConstraint(
                fields=["seller_order"], condition=Q(kind="sold"), name="withheld_once_per_parcel"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=_BACK) & _all_are("gte") | Q(kind__in=_BACK) & _all_are("lte"),
                name="withheld_has_the_sign_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["caught_up", "released"], brought_by__isnull=False)
                | Q(kind__in=["sold", "shipping", "refunded"], brought_by__isnull=True),
                name="withheld_of_others_says_with_what",
            ),
            models.CheckConstraint(
                condition=~Q(kind="sold") & ~Q(kind="shipping")
                | Q(kind="sold", of_shipping=False)
                | Q(kind="shipping", of_shipping=True),
                name="withheld_is_of_goods_or_shipping",
            ),
        ]
        indexes = [models.Index(fields=["partner", "occurred_at"], name="withheld_meter")]

    def __str__(self) -> str:
        return self.key

    @property
    def total(self) -> int:
        """đồng kept back; negative: given back to the seller."""
        return self.vat + self.income_tax


class Taxpayer(models.Model):
    """The name and number under which a seller's tax is declared."""

    partner = models.OneToOneField("partner.Partner", on_delete=models.PROTECT, related_name="taxpayer")
    name = models.CharField(_("full name"), max_length=160)
    number = models.CharField(
        _("tax number"),
        max_length=14,
        help_text=_("Of a household or an individual the owner's personal identification number, 12 digits."),
    )
    declared_grower_on = models.DateField(
        _("declared to be the grower on"),
        null=True,
        blank=True,
        help_text=_(
            "The day on which the seller declared in writing that what it marks as raw and of its own growing "
            "is so. From that day on it is not taxed, under a rule that spares it."
        ),
    )

    below_limit_years = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("years of which it declared to stay below the limit"),
        default=list,
        blank=True,
        help_text=_(
            "Calendar years, with commas between, of which the seller declared in writing not to earn more than the "
            "yearly limit. Matters under a rule that goes by it."
        ),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(number__regex=r"^([0-9]{10}(-[0-9]{3})?|[0-9]{12})$"),
                name="taxpayer_number_is_one",
                violation_error_message=_(
                    "A tax number has 10 digits (a branch: a hyphen and 3 more), a personal number 12."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class SellerRevenue(Partner):
    """A seller as the admin's list of the year's revenue shows it."""

    class Meta:
        proxy = True
        ordering: list[str] = []  # the list's own, by revenue
        verbose_name = verbose_name_plural = _("revenue of this year")
