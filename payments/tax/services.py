"""How much is kept back from a sale, and how much of it goes back with a refund. Amounts are whole đồng."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum
from django.utils import timezone

from farmers.partner.models import Partner
from marketplace.order.models import SellerOrder
from payments.ledger.allocation import at_rate, part_of
from payments.tax.locks import lock_meter
from payments.tax.meter import revenue_of
from payments.tax.models import Withheld, WithholdingRule
from payments.tax.rules import rule_for

Policy = WithholdingRule.Policy


@dataclass(frozen=True, kw_only=True, slots=True)
class Withholding:
    """What a sale costs its seller in tax, and on which part of its goods."""

    taxed: int
    vat: int
    income_tax: int


def next_rate(partner: Partner, on: date) -> int:
    """Basis points kept back of the next đồng that this seller earns on that day."""
    rule = rule_for(partner, on)
    if rule is None or not _taxed(rule, partner, goods=1, on=on):
        return 0
    return rule.vat_basis_points + rule.income_tax_basis_points


def withhold(parcel: SellerOrder, *, occurred_at: datetime) -> Withheld | None:
    """Keep it back, once per parcel; None where no rule applies. Part of the caller's transaction.

    The caller holds the order's row. For the ledger: what it returns is what to book.
    """
    key = f"sold:{parcel.pk}"
    found = Withheld.objects.filter(key=key).first()
    rule = rule_for(parcel.partner, timezone.localdate(occurred_at))
    if found is not None or rule is None:
        return found
    if rule.policy == Policy.ABOVE_LIMIT:
        lock_meter(rule)
    amounts = _withholding(rule, parcel, occurred_at)
    return _write(
        key=key,
        kind=Withheld.Kind.SOLD,
        parcel=parcel,
        rule=rule,
        revenue=parcel.goods_due,
        amounts=amounts,
        at=occurred_at,
    )


def give_back(parcel: SellerOrder, *, goods: int, refund_pk: int, occurred_at: datetime) -> Withheld | None:
    """``goods`` đồng of the parcel's goods go back to the buyer: so does their share of the tax, once per refund.

    The row belongs to the month in which the refund happens (Decree 117/2025: offset in the same period).
    Shares are counted on all that was given back so far, so that a whole refund in any number of parts gives
    back exactly what was kept. None where nothing was withheld, or nothing is left of it.
    """
    key = f"refund:{refund_pk}"
    sold = parcel.withheld.filter(kind=Withheld.Kind.SOLD).select_related("rule").first()
    found = Withheld.objects.filter(key=key).first()
    if found is not None or sold is None:
        return found
    before = _given_back(parcel)
    goods = min(goods, sold.revenue + before.revenue)
    if goods <= 0:
        return None
    so_far = goods - before.revenue
    amounts = Withholding(
        taxed=-part_of(sold.taxed, so_far, sold.revenue) - before.taxed,
        vat=-part_of(sold.vat, so_far, sold.revenue) - before.vat,
        income_tax=-part_of(sold.income_tax, so_far, sold.revenue) - before.income_tax,
    )
    return _write(
        key=key,
        kind=Withheld.Kind.REFUNDED,
        parcel=parcel,
        rule=sold.rule,
        revenue=-goods,
        amounts=amounts,
        at=occurred_at,
    )


def keep_after_all(refund_pk: int, *, occurred_at: datetime) -> Withheld | None:
    """The refund is not made: what went back with it is kept again, once. None where nothing went back."""
    back = Withheld.objects.select_related("seller_order__partner", "rule").filter(key=f"refund:{refund_pk}")
    key = f"kept:{refund_pk}"
    found, row = Withheld.objects.filter(key=key).first(), back.first()
    if found is not None or row is None:
        return found
    amounts = Withholding(taxed=-row.taxed, vat=-row.vat, income_tax=-row.income_tax)
    return _write(
        key=key,
        kind=Withheld.Kind.KEPT_AGAIN,
        parcel=row.seller_order,
        rule=row.rule,
        revenue=-row.revenue,
        amounts=amounts,
        at=occurred_at,
    )


def _withholding(rule: WithholdingRule, parcel: SellerOrder, at: datetime) -> Withholding:
    taxed = _taxed(rule, parcel.partner, goods=parcel.goods_due, on=timezone.localdate(at))
    return Withholding(
        taxed=taxed,
        vat=at_rate(taxed, rule.vat_basis_points),
        income_tax=at_rate(taxed, rule.income_tax_basis_points),
    )


def _taxed(rule: WithholdingRule, partner: Partner, *, goods: int, on: date) -> int:
    """The part of ``goods`` đồng, sold after all that was sold in the year so far, that is taxed."""
    if rule.policy == Policy.ALWAYS:
        return goods
    if rule.policy == Policy.OFF or rule.yearly_limit is None:
        return 0
    above = revenue_of(partner, on.year) + goods - rule.yearly_limit
    return max(0, min(goods, above))


@dataclass(frozen=True, kw_only=True, slots=True)
class _GivenBack:
    revenue: int
    taxed: int
    vat: int
    income_tax: int


def _given_back(parcel: SellerOrder) -> _GivenBack:
    sums = parcel.withheld.exclude(kind=Withheld.Kind.SOLD).aggregate(
        **{name: Sum(name, default=0) for name in ("revenue", "taxed", "vat", "income_tax")}
    )
    return _GivenBack(**sums)


def _write(
    *,
    key: str,
    kind: str,
    parcel: SellerOrder,
    rule: WithholdingRule,
    revenue: int,
    amounts: Withholding,
    at: datetime,
) -> Withheld:
    return Withheld.objects.create(
        key=key,
        kind=kind,
        partner=parcel.partner,
        seller_order=parcel,
        rule=rule,
        revenue=revenue,
        taxed=amounts.taxed,
        vat=amounts.vat,
        income_tax=amounts.income_tax,
        vat_basis_points=rule.vat_basis_points,
        income_tax_basis_points=rule.income_tax_basis_points,
        occurred_at=at,
    )
