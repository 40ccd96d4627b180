"""One row of what was kept back, or given back."""

from dataclasses import dataclass
from datetime import datetime

from marketplace.order.models import SellerOrder
from payments.ledger.allocation import at_rate
from payments.tax.models import Withheld, WithholdingRule


@dataclass(frozen=True, kw_only=True, slots=True)
class Amounts:
    """Whole đồng, as Withheld has them."""

    revenue: int
    taxable: int
    taxed: int
    vat: int
    income_tax: int


def taxed_at(rule: WithholdingRule, *, revenue: int, taxable: int, taxed: int) -> Amounts:
    return Amounts(
        revenue=revenue,
        taxable=taxable,
        taxed=taxed,
        vat=at_rate(taxed, rule.vat_basis_points),
        income_tax=at_rate(taxed, rule.income_tax_basis_points),
    )


def write(
    *,
    key: str,
    kind: str,
    parcel: SellerOrder,
    rule: WithholdingRule,
    amounts: Amounts,
    at: datetime,
    passed_by: Withheld | None = None,
) -> Withheld:
    return Withheld.objects.create(
        key=key,
        kind=kind,
        partner=parcel.partner,
        seller_order=parcel,
        rule=rule,
        passed_by=passed_by,
        revenue=amounts.revenue,
        taxable=amounts.taxable,
        taxed=amounts.taxed,
        vat=amounts.vat,
        income_tax=amounts.income_tax,
        vat_basis_points=rule.vat_basis_points,
        income_tax_basis_points=rule.income_tax_basis_points,
        occurred_at=at,
    )
