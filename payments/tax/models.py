"""Tax that the platform keeps back from sellers: dated rules as data, and what was kept back by them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from farmers.partner.models import Partner
from payments.dated_rules import DatedRule


class WithholdingRule(DatedRule):
    """What is kept back from which sellers for some time. A change of the law is a new row, never an edit."""

    class Policy(models.TextChoices):
        ALWAYS = "always", _("Keep it back from every sale")
        ABOVE_LIMIT = "above_limit", _("Only from what a seller earns above the yearly limit")
        OFF = "off", _("Keep nothing back; only count the year's revenue")

    code = models.SlugField(max_length=40, unique=True)
    seller_kinds = ArrayField(
        models.CharField(max_length=16, choices=Partner.Kind.choices),
        verbose_name=_("sellers it applies to"),
        help_text=_(
            "household, cooperative or enterprise, with commas between. The decree speaks of households and "
            "individuals: an individual is a household here."
        ),
    )
    policy = models.CharField(
        max_length=16,
        choices=Policy.choices,
        help_text=_(
            "UNCONFIRMED: how a platform has to treat sellers below the yearly limit in 2026 (keep back and let "
            "them ask the tax office for it, or keep nothing back). Ask the tax office of the province before "
            "changing this; a change is a new rule from the day on which it holds. That the tax of the second "
            "choice is due on the part above the limit only is our reading, UNCONFIRMED as well. Sources: Decree "
            "117/2025/NĐ-CP as told by EY (tax alert of June 2025) and apolatlegal.com; sliner.sg (insights/21) "
            "still lists it in 2026. That cash at the door counts too is from EY's note alone; it is kept back "
            "when the cash is collected, which nobody has confirmed."
        ),
    )
    vat_basis_points = models.PositiveIntegerField(
        _("VAT, in hundredths of a percent"),
        help_text=_("100 is 1 %. Decree 117/2025/NĐ-CP: goods 1 %, services 5 %, transport 3 %."),
    )
    income_tax_basis_points = models.PositiveIntegerField(
        _("personal income tax, in hundredths of a percent"),
        help_text=_("50 is 0.5 %. Decree 117/2025/NĐ-CP: goods 0.5 %, services 2 %, transport 1.5 %."),
    )
    yearly_limit = models.BigIntegerField(
        _("yearly limit, đồng"),
        null=True,
        blank=True,
        help_text=_(
            "Revenue of a calendar year up to which a household owes no VAT and no personal income tax: "
            "500,000,000 đ from 2026, by press reports (The Saigon Times; Lao Động 1623023; vnnow.net 156189). "
            "UNCONFIRMED, without a source: whether raw produce sold by its grower counts at all."
        ),
    )
    source = models.CharField(
        _("source"), max_length=300, help_text=_("The law or letter that says so, with its date.")
    )
    is_confirmed = models.BooleanField(
        _("confirmed"),
        default=False,
        help_text=_("The tax office of the province has confirmed this rule in writing."),
    )

    class Meta(DatedRule.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="withholding_rule_has_a_term",
            ),
            models.CheckConstraint(
                condition=Q(vat_basis_points__lte=10_000, income_tax_basis_points__lte=10_000),
                name="withholding_is_a_part",
            ),
            models.CheckConstraint(
                condition=~Q(policy="above_limit") | Q(yearly_limit__isnull=False),
                name="limited_withholding_has_a_limit",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Withheld(models.Model):
    """What one sale, or one refund of it, changed: revenue counted and tax kept back. Whole đồng, signed.

    The rates are copied from the rule: what was kept back stays explainable whatever becomes of the rule.
    """

    class Kind(models.TextChoices):
        SOLD = "sold", _("sold and paid")
        REFUNDED = "refunded", _("given back")
        #: the refund was called off: what went back with it is kept again
        KEPT_AGAIN = "kept_again", _("kept after all")

    #: "sold:<parcel>", "refund:<refund>" or "kept:<refund>"; the same event twice is one row
    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    partner = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="withheld")
    seller_order = models.ForeignKey("order.SellerOrder", on_delete=models.PROTECT, related_name="withheld")
    rule = models.ForeignKey(WithholdingRule, on_delete=models.PROTECT, related_name="+")
    #: goods sold (or given back, negative), without shipping
    revenue = models.BigIntegerField()
    #: the part of the revenue that was taxed
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
                condition=Q(
                    kind__in=["sold", "kept_again"],
                    revenue__gte=0,
                    taxed__gte=0,
                    vat__gte=0,
                    income_tax__gte=0,
                )
                | Q(kind="refunded", revenue__lte=0, taxed__lte=0, vat__lte=0, income_tax__lte=0),
                name="withheld_has_the_sign_of_its_kind",
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
