"""How much is kept back from a sale, by the rule of its day. Amounts are whole đồng."""

from datetime import date, datetime

from django.db.models import Sum
from django.utils import timezone

from farmers.partner.models import Partner
from marketplace.order.models import SellerOrder
from payments.ledger.allocation import part_of
from payments.tax.locks import lock_meter
from payments.tax.meter import counted_of, in_year
from payments.tax.models import Withheld, WithholdingRule
from payments.tax.raw_produce import spared
from payments.tax.rules import rule_for
from payments.tax.writing import taxed_at, write

Kind, Policy, AboveLimit = Withheld.Kind, WithholdingRule.Policy, WithholdingRule.AboveLimit


def next_rate(partner: Partner, on: date) -> int:
    """Basis points kept back of the next đồng that this seller earns on that day."""
    rule = rule_for(partner, on)
    if rule is None or not _taxed(rule, partner, revenue=1, taxable=1, on=on):
        return 0
    return rule.vat_basis_points + rule.income_tax_basis_points


def waits_for_carrier(parcel: SellerOrder, on: date) -> bool:
    """Whether cash that was taken at the door on that day is taxed only once the carrier hands it over."""
    rule = rule_for(parcel.partner, on)
    moment = rule and rule.cash_moment
    return moment == WithholdingRule.CashMoment.REMITTED and not parcel.is_brought_by_seller


def withhold(parcel: SellerOrder, *, occurred_at: datetime) -> Withheld | None:
    """Keep it back of the goods, once per parcel; None where no rule applies. Part of the caller's transaction.

    The caller holds the order's row. For the ledger: what it returns, and what it ``brought``, is what to book.
    """
    key = f"sold:{parcel.pk}"
    found = Withheld.objects.filter(key=key).first()
    on = timezone.localdate(occurred_at)
    rule = rule_for(parcel.partner, on)
    if found is not None or rule is None:
        return found
    goods = parcel.goods_due
    taxable = goods - spared(parcel, rule, on)
    return _count(rule, parcel, key=key, kind=Kind.SOLD, revenue=goods, taxable=taxable, at=occurred_at)


def withhold_shipping(parcel: SellerOrder, *, charge: int, occurred_at: datetime) -> Withheld | None:
    """The same for ``charge`` đồng of shipping that become the seller's; None too while its goods do not count."""
    key = f"shipping:{parcel.pk}"
    found = Withheld.objects.filter(key=key).first()
    rule = rule_for(parcel.partner, timezone.localdate(occurred_at))
    if found is not None or rule is None or not rule.taxes_shipping:
        return found
    if not parcel.withheld.filter(kind=Kind.SOLD).exists():
        return None
    return _count(rule, parcel, key=key, kind=Kind.SHIPPING, revenue=charge, taxable=charge, at=occurred_at)


def _count(
    rule: WithholdingRule,
    parcel: SellerOrder,
    *,
    key: str,
    kind: str,
    revenue: int,
    taxable: int,
    at: datetime,
) -> Withheld:
    if rule.is_limited:
        lock_meter(rule)
    on = timezone.localdate(at)
    taxed = _taxed(rule, parcel.partner, revenue=revenue, taxable=taxable, on=on)
    amounts = taxed_at(rule, revenue=revenue, taxable=taxable, taxed=taxed)
    row = write(key=key, kind=kind, parcel=parcel, rule=rule, amounts=amounts, at=at)
    if rule.catches_up:
        _catch_up(row, on.year)
    return row


def _taxed(rule: WithholdingRule, partner: Partner, *, revenue: int, taxable: int, on: date) -> int:
    """How much of ``taxable`` đồng of this ``revenue`` is taxed, coming after all that the year counted so far."""
    if rule.policy == Policy.ALWAYS:
        return taxable
    counted = rule.counted(revenue=revenue, taxable=taxable)
    if rule.policy == Policy.OFF or rule.yearly_limit is None or not counted:
        return 0
    above = max(0, min(counted, counted_of(partner, on.year) + counted - rule.yearly_limit))
    if above and rule.above_limit != AboveLimit.PART:
        return taxable
    return part_of(taxable, above, counted)


def _catch_up(passed_by: Withheld, year: int) -> None:
    """With the first sale above the limit, all that was sold below it in the year is taxed too, parcel by parcel."""
    partner, rule = passed_by.partner, passed_by.rule
    if rule.yearly_limit is None or counted_of(partner, year) <= rule.yearly_limit:
        return
    sums = in_year(year).filter(partner=partner).order_by().values("seller_order")
    untaxed = sums.annotate(missing=Sum("taxable") - Sum("taxed")).filter(missing__gt=0)
    missing = dict(untaxed.values_list("seller_order", "missing"))
    for parcel in SellerOrder.objects.filter(pk__in=missing).select_related("partner").order_by("pk"):
        write(
            key=f"caught_up:{parcel.pk}:{passed_by.pk}",
            kind=Kind.CAUGHT_UP,
            parcel=parcel,
            rule=rule,
            amounts=taxed_at(rule, revenue=0, taxable=0, taxed=missing[parcel.pk]),
            at=passed_by.occurred_at,
            brought_by=passed_by,
        )
