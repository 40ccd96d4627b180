"""One row of what was kept back, or given back, of goods or of shipping; and what all rows of a parcel leave."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import Sum

from marketplace.order.models import SellerOrder
from payments.ledger.allocation import at_rate
from payments.tax.models import AMOUNTS, Withheld, WithholdingRule


@dataclass(frozen=True, kw_only=True, slots=True)
class Amounts:
    """Whole đồng, as Withheld has them."""

    revenue: int
    counted: int
    taxable: int
    taxed: int
    vat: int
    income_tax: int


def _rates(rule: WithholdingRule, *, of_shipping: bool) -> tuple[int, int]:
    """Basis points of VAT and of income tax."""
    if of_shipping:
        return rule.shipping_vat_basis_points, rule.shipping_income_tax_basis_points
    return rule.vat_basis_points, rule.income_tax_basis_points


def taxed_at(rule: WithholdingRule, *, revenue: int, taxable: int, taxed: int, of_shipping: bool) -> Amounts:
    rates = _rates(rule, of_shipping=of_shipping)
    vat, income_tax = (_rounded(rule, taxed, rate) for rate in rates)
    return Amounts(
        revenue=revenue,
        counted=rule.counted(revenue=revenue, taxable=taxable),
        taxable=taxable,
        taxed=taxed,
        vat=vat,
        income_tax=income_tax,
    )


def _rounded(rule: WithholdingRule, taxed: int, basis_points: int) -> int:
    if rule.rounding == WithholdingRule.Rounding.HALF_UP:
        return at_rate(taxed, basis_points)
    whole, part = divmod(taxed * basis_points, 10_000)
    return whole + (part > 0 and rule.rounding == WithholdingRule.Rounding.UP)


def left_of(parcel: SellerOrder, *, of_shipping: bool) -> Amounts:
    """What was counted and kept of the parcel's goods, or of its shipping, less what went back."""
    rows = parcel.withheld.filter(of_shipping=of_shipping)
    return Amounts(**rows.aggregate(**{name: Sum(name, default=0) for name in AMOUNTS}))


def write(
    *,
    key: str,
    kind: str,
    parcel: SellerOrder,
    rule: WithholdingRule,
    amounts: Amounts,
    at: datetime,
    of_shipping: bool,
    by_limit: bool,
    brought_by: Withheld | None = None,
) -> Withheld:
    """``key`` without what says that it is of shipping."""
    vat_rate, income_tax_rate = _rates(rule, of_shipping=of_shipping)
    return Withheld.objects.create(
        key=f"{key}:shipping" if of_shipping else key,
        kind=kind,
        partner=parcel.partner,
        seller_order=parcel,
        rule=rule,
        of_shipping=of_shipping,
        by_limit=by_limit,
        brought_by=brought_by,
        **asdict(amounts),
        vat_basis_points=vat_rate,
        income_tax_basis_points=income_tax_rate,
        occurred_at=at,
    )
