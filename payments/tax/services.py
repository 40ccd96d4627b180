"""How much is kept back from a sale, by the rule of its day. Amounts are whole đồng."""

from datetime import date, datetime

from django.db.models import Sum
from django.utils import timezone

from farmers.partner.models import Partner
from marketplace.order.models import SellerOrder
from payments.tax.locks import lock_meter
from payments.tax.meter import counted_of, in_year
from payments.tax.models import Withheld, WithholdingRule
from payments.tax.raw_produce import spared
from payments.tax.rules import limit_for, rule_for, taxed_above
from payments.tax.writing import taxed_at, write

Kind, CashMoment = Withheld.Kind, WithholdingRule.CashMoment
Policy = WithholdingRule.Policy


def next_rate(partner: Partner, on: date) -> int:
    """Basis points kept back of the next đồng that this seller earns on that day."""
    rule = rule_for(partner, on)
    if rule is None or not _taxed(rule, partner, revenue=1, taxable=1, on=on):
        return 0
    return rule.vat_basis_points + rule.income_tax_basis_points


def moment_of_cash(parcel: SellerOrder, on: date) -> str:
    """The CashMoment of cash taken at the door on that day: what the seller takes nobody has to hand over."""
    rule = rule_for(parcel.partner, on)
    if rule is None or (rule.cash_moment == CashMoment.REMITTED and parcel.is_brought_by_seller):
        return CashMoment.COLLECTED
    return rule.cash_moment


def withhold(parcel: SellerOrder, *, occurred_at: datetime) -> Withheld | None:
    """Keep it back of the goods, once per parcel; None where no rule applies. Part of the caller's transaction.

    The caller holds the order's row. For the ledger: what it returns, and what it ``brought``, is what to book.
    """
    found = parcel.withheld.filter(kind=Kind.SOLD).first()
    on = timezone.localdate(occurred_at)
    rule = rule_for(parcel.partner, on)
    if found is not None or rule is None:
        return found
    goods = parcel.goods_due
    taxable = goods - spared(parcel, rule, on)
    return _count(rule, parcel, kind=Kind.SOLD, revenue=goods, taxable=taxable, at=occurred_at)


def withhold_shipping(parcel: SellerOrder, *, charge: int, occurred_at: datetime) -> Withheld | None:
    """The same for ``charge`` đồng of shipping that become the seller's; None too while its goods do not count."""
    found = parcel.withheld.filter(kind=Kind.SHIPPING).first()
    rule = rule_for(parcel.partner, timezone.localdate(occurred_at))
    if found is not None or rule is None or not rule.taxes_shipping:
        return found
    if not parcel.withheld.filter(kind=Kind.SOLD).exists():
        return None
    return _count(rule, parcel, kind=Kind.SHIPPING, revenue=charge, taxable=charge, at=occurred_at)


def _count(
    rule: WithholdingRule,
    parcel: SellerOrder,
    *,
    kind: Withheld.Kind,
    revenue: int,
    taxable: int,
    at: datetime,
) -> Withheld:
    if rule.is_limited:
        lock_meter(rule)
    on = timezone.localdate(at)
    taxed = _taxed(rule, parcel.partner, revenue=revenue, taxable=taxable, on=on)
    of_shipping = kind == Kind.SHIPPING
    by_limit = limit_for(rule, parcel.partner, on.year) is not None
    amounts = taxed_at(rule, revenue=revenue, taxable=taxable, taxed=taxed, of_shipping=of_shipping)
    key = f"sold:{parcel.pk}"
    row = write(
        key=key,
        kind=kind,
        parcel=parcel,
        rule=rule,
        amounts=amounts,
        at=at,
        of_shipping=of_shipping,
        by_limit=by_limit,
    )
    if rule.catches_up:
        _catch_up(row, on.year)
    return row


def _taxed(rule: WithholdingRule, partner: Partner, *, revenue: int, taxable: int, on: date) -> int:
    """How much of ``taxable`` đồng of this ``revenue`` is taxed, coming after all that the year counted so far."""
    limit, counted = limit_for(rule, partner, on.year), rule.counted(revenue=revenue, taxable=taxable)
    if rule.policy == Policy.OFF or not taxable:
        return 0
    if limit is None:
        return taxable
    before = counted_of(partner, on.year)
    return taxed_above(rule, limit, before=before, counted=counted, taxable=taxable)


def _catch_up(passed_by: Withheld, year: int) -> None:
    """With the first sale above the limit, all that was sold below it in the year is taxed too, parcel by parcel."""
    partner, rule = passed_by.partner, passed_by.rule
    limit = limit_for(rule, partner, year)
    if limit is None or counted_of(partner, year) <= limit:
        return
    sums = in_year(year).filter(partner=partner).order_by().values("seller_order", "of_shipping")
    untaxed = sums.annotate(missing=Sum("taxable") - Sum("taxed")).filter(missing__gt=0)
    rows = list(
        untaxed.values_list("seller_order", "of_shipping", "missing").order_by("seller_order", "of_shipping")
    )
    parcels = SellerOrder.objects.select_related("partner").in_bulk(
        [parcel for parcel, _of, _missing in rows]
    )
    for parcel, of_shipping, missing in rows:
        write(
            key=f"caught_up:{parcel}:{passed_by.pk}",
            kind=Kind.CAUGHT_UP,
            parcel=parcels[parcel],
            rule=rule,
            amounts=taxed_at(rule, revenue=0, taxable=0, taxed=missing, of_shipping=of_shipping),
            at=passed_by.occurred_at,
            brought_by=passed_by,
            of_shipping=of_shipping,
            by_limit=True,
        )
