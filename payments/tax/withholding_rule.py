"""From whom how much tax is kept back, and when; what nobody has confirmed of it is a field of the rule."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from farmers.partner.models import Partner
from payments.dated_rules import DatedRule


class WithholdingRule(DatedRule):
    """What is kept back from which sellers for some time. A change of the law is a new row, never an edit."""

    class Policy(models.TextChoices):
        ALWAYS = "always", _("Keep it back from every sale")
        ABOVE_LIMIT = "above_limit", _("Only from what a seller earns above the yearly limit")
        DECLARED = (
            "declared",
            _("So of sellers who declared to stay below the limit; of others, from every sale"),
        )
        OFF = "off", _("Keep nothing back; only count the year's revenue")

    class AboveLimit(models.TextChoices):
        PART = "part", _("The part of a sale that is above the limit")
        SALE = "sale", _("The whole sale that passes the limit, and all after it")
        YEAR = "year", _("All sales of the year, once the limit is passed")

    class RawProduce(models.TextChoices):
        TAXED = "taxed", _("Taxed like other goods")
        COUNTED = "counted", _("Not taxed; counts against the yearly limit")
        LEFT_OUT = "left_out", _("Not taxed, and does not count against the yearly limit")

    class AfterRefund(models.TextChoices):
        SALE = "sale", _("What its own sale was taxed")
        YEAR = "year", _("What the year was taxed too much, of other sales too")

    class CashMoment(models.TextChoices):
        COLLECTED = "collected", _("When the carrier takes it at the door")
        REMITTED = "remitted", _("When the carrier hands it over")
        NEVER = "never", _("Not at all, and it does not count against the yearly limit")

    class Rounding(models.TextChoices):
        HALF_UP = "half_up", _("To whole đồng, half a đồng up")
        DOWN = "down", _("To whole đồng, down")
        UP = "up", _("To whole đồng, up")

    #: policies under which the year's sum of a seller can matter
    LIMITED = (Policy.ABOVE_LIMIT, Policy.DECLARED)

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
            "them ask the tax office for it, keep nothing back, or go by what the seller declared beside its tax "
            "number). Ask the tax office of the province before "
            "changing this; a change is a new rule from the day on which it holds. Sources: Decree 117/2025/NĐ-CP "
            "as told by EY (tax alert of June 2025) and apolatlegal.com; sliner.sg (insights/21) still lists it "
            "in 2026."
        ),
    )
    above_limit = models.CharField(
        _("what is taxed above the limit"),
        max_length=16,
        choices=AboveLimit.choices,
        default=AboveLimit.PART,
        help_text=_(
            "Matters only where tax is kept back above the yearly limit only. UNCONFIRMED: our sources (Decree "
            "117/2025/NĐ-CP as told by EY and apolatlegal.com, the press reports named at the limit) do not tell "
            "what of a year is taxed once the limit is passed; the part above it is our reading. Ask the tax "
            "office of the province. With the last choice the tax of earlier sales is kept back together with the "
            "sale that passes the limit, and declared in its month."
        ),
    )
    after_refund = models.CharField(
        _("what a refund gives back of the tax"),
        max_length=16,
        choices=AfterRefund.choices,
        default=AfterRefund.SALE,
        help_text=_(
            "Matters only where tax is kept back above the yearly limit only. UNCONFIRMED, without a source: "
            "Decree 117/2025/NĐ-CP as told by EY and apolatlegal.com has a refund offset in its own month, but "
            "does not tell whether tax of other sales goes back too, once the refund takes the year's sum nearer to "
            "the limit, or below it. Ask the tax office of the province. With the second choice it does, the newest "
            "sales first: as much as the year would be taxed less, had what went back never been sold."
        ),
    )
    cash_moment = models.CharField(
        _("when cash at the door is taxed"),
        max_length=16,
        choices=CashMoment.choices,
        default=CashMoment.COLLECTED,
        help_text=_(
            "UNCONFIRMED: Decree 117/2025/NĐ-CP has the tax kept back when the sale is confirmed and its payment "
            "accepted; that cash at the door counts too is from EY's note alone (tax alert of June 2025), and our "
            "sources do not tell whether it is accepted when the carrier takes it or when the carrier hands it "
            "over. Ask the tax office of the province. Cash that the seller takes is taxed at once, or not at all."
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
            "500,000,000 đ from 2026. UNCONFIRMED: by press reports alone (The Saigon Times; Lao Động 1623023; "
            "vnnow.net 156189). Whether raw produce sold by its grower counts is another field of this rule."
        ),
    )
    raw_produce = models.CharField(
        _("raw produce of the grower"),
        max_length=16,
        choices=RawProduce.choices,
        default=RawProduce.TAXED,
        help_text=_(
            "UNCONFIRMED, without a source: produce that its grower sells raw may be free of tax, and may not count "
            "against the yearly limit; Decree 117/2025/NĐ-CP as told by EY and apolatlegal.com names no such kind of "
            "goods, and the press reports named at the limit tell nothing of it. Ask the tax office of the province "
            "before changing this. With the second and third choice no tax is kept back of goods that the seller "
            "marked so, if the day of its written declaration is entered beside its tax number."
        ),
    )
    taxes_shipping = models.BooleanField(
        _("a shipping charge that the seller gets is taxed"),
        default=False,
        help_text=_(
            "UNCONFIRMED, without a source: whether the shipping charge that the buyer pays is revenue of a "
            "seller to whom it is passed on, who pays the carrier or brings the parcel. Ask the tax office of the "
            "province. While on, it is taxed once it is passed on, and counts against the yearly limit."
        ),
    )
    shipping_vat_basis_points = models.PositiveIntegerField(
        _("VAT of shipping, in hundredths of a percent"),
        default=300,
        help_text=_(
            "UNCONFIRMED, without a source: at which rate a taxed shipping charge is taxed. Decree 117/2025/NĐ-CP as "
            "told by EY and apolatlegal.com has transport at 3 %, goods at 1 %."
        ),
    )
    shipping_income_tax_basis_points = models.PositiveIntegerField(
        _("personal income tax of shipping, in hundredths of a percent"),
        default=150,
        help_text=_(
            "UNCONFIRMED, without a source: at which rate a taxed shipping charge is taxed. Decree 117/2025/NĐ-CP as "
            "told by EY and apolatlegal.com has transport at 1.5 %, goods at 0.5 %."
        ),
    )
    rounding = models.CharField(
        _("how the tax of a sale is rounded"),
        max_length=16,
        choices=Rounding.choices,
        default=Rounding.HALF_UP,
        help_text=_(
            "UNCONFIRMED, without a source: our sources tell nothing of parts of a đồng. Ask the tax office of the "
            "province. Each tax is rounded by itself, sale by sale."
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
                condition=Q(
                    vat_basis_points__lte=10_000,
                    income_tax_basis_points__lte=10_000,
                    shipping_vat_basis_points__lte=10_000,
                    shipping_income_tax_basis_points__lte=10_000,
                ),
                name="withholding_is_a_part",
            ),
            models.CheckConstraint(
                condition=~Q(policy__in=["above_limit", "declared"]) | Q(yearly_limit__isnull=False),
                name="limited_withholding_has_a_limit",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_limited(self) -> bool:
        """Whether it looks at the year's sum of anybody."""
        return self.policy in self.LIMITED

    @property
    def catches_up(self) -> bool:
        """Whether a sale can make earlier ones be taxed."""
        return self.is_limited and self.above_limit == self.AboveLimit.YEAR

    @property
    def releases(self) -> bool:
        """Whether a refund can make other sales be taxed less."""
        return self.is_limited and self.after_refund == self.AfterRefund.YEAR

    @property
    def spares_raw_produce(self) -> bool:
        return self.raw_produce != self.RawProduce.TAXED

    def counted(self, *, revenue: int, taxable: int) -> int:
        """How much of ``revenue`` đồng, of which ``taxable`` are not spared, counts against the yearly limit."""
        return taxable if self.raw_produce == self.RawProduce.LEFT_OUT else revenue
