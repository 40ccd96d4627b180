"""One row of what was kept back, or given back; and what all rows of a parcel leave."""

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


def taxed_at(rule: WithholdingRule, *, revenue: int, taxable: int, taxed: int) -> Amounts:
    return Amounts(
        revenue=revenue,
        counted=rule.counted(revenue=revenue, taxable=taxable),
        taxable=taxable,
        taxed=taxed,
        vat=at_rate(taxed, rule.vat_basis_points),
        income_tax=at_rate(taxed, rule.income_tax_basis_points),
    )


def left_of(parcel: SellerOrder) -> Amounts:
    """What was counted and kept of the parcel, less what went back."""
    return Amounts(**parcel.withheld.aggregate(**{name: Sum(name, default=0) for name in AMOUNTS}))


def write(
    *,
    key: str,
    kind: str,
    parcel: SellerOrder,
    rule: WithholdingRule,
    amounts: Amounts,
    at: datetime,
    brought_by: Withheld | None = None,
) -> Withheld:
    return Withheld.objects.create(
        key=key,
        kind=kind,
        partner=parcel.partner,
        seller_order=parcel,
        rule=rule,
        brought_by=brought_by,
        **asdict(amounts),
        vat_basis_points=rule.vat_basis_points,
        income_tax_basis_points=rule.income_tax_basis_points,
        occurred_at=at,
    )
