"""How much of what was kept back goes back with a refund, in the month in which that happens. Whole đồng."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from farmers.partner.models import Partner
from marketplace.order.models import SellerOrder
from payments.ledger.allocation import part_of
from payments.tax.locks import lock_meter
from payments.tax.models import AMOUNTS, Withheld, WithholdingRule
from payments.tax.releasing import keep_released, release
from payments.tax.rules import rule_for
from payments.tax.writing import Amounts, left_of, write

Kind = Withheld.Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """``goods`` đồng go back to the buyer, and ``shipping`` out of the seller's pocket.

    Of the goods, ``raw`` are by name of lines with raw produce of the grower, ``other`` of lines without.
    """

    goods: int
    shipping: int = 0
    raw: int = 0
    other: int = 0


def give_back(
    parcel: SellerOrder, returned: Returned, *, refund_pk: int, occurred_at: datetime
) -> Withheld | None:
    """What the buyer gets back is no revenue: its share of the tax goes back to the seller, once per refund.

    The row belongs to the month in which the refund happens (Decree 117/2025: offset in the same period).
    Shares are counted on what is left, so that a whole refund in any number of parts gives back exactly what was
    kept. None where nothing was withheld, or nothing is left of it. For the ledger: what it returns, and what it
    ``brought``, is what to book.
    """
    key = f"refund:{refund_pk}"
    sold = parcel.withheld.filter(kind=Kind.SOLD).select_related("rule").first()
    found = Withheld.objects.filter(key=key).first()
    if found is not None or sold is None:
        return found
    rule = _rule_of_the_day(parcel.partner, occurred_at)
    left = left_of(parcel)
    revenue = min(returned.goods + _shipping(parcel, returned), left.revenue)
    if revenue <= 0:
        return None
    amounts = _share(left, revenue, _taxable(left, returned, revenue), sold.rule)
    row = write(key=key, kind=Kind.REFUNDED, parcel=parcel, rule=sold.rule, amounts=amounts, at=occurred_at)
    if rule is not None and rule.releases:
        release(row, rule)
    return row


def keep_after_all(refund_pk: int, *, occurred_at: datetime) -> Withheld | None:
    """The refund is not made: what went back with it is kept again, once. None where nothing went back.

    What it returns is booked as the reversed refund; what it ``brought`` is to book beside.
    """
    back = Withheld.objects.select_related("seller_order__partner", "partner", "rule").filter(
        key=f"refund:{refund_pk}"
    )
    key = f"kept:{refund_pk}"
    found, row = Withheld.objects.filter(key=key).first(), back.first()
    if found is not None or row is None:
        return found
    _rule_of_the_day(row.partner, occurred_at)
    amounts = Amounts(**{name: -getattr(row, name) for name in AMOUNTS})
    parcel, kind = row.seller_order, Kind.KEPT_AGAIN
    kept = write(key=key, kind=kind, parcel=parcel, rule=row.rule, amounts=amounts, at=occurred_at)
    keep_released(row, kept)
    return kept


def _rule_of_the_day(partner: Partner, at: datetime) -> WithholdingRule | None:
    """Alone with it where it looks at other sales: one of them may just be finding this one untaxed."""
    rule = rule_for(partner, timezone.localdate(at))
    if rule is not None and (rule.catches_up or rule.releases):
        lock_meter(rule)
    return rule


def _shipping(parcel: SellerOrder, returned: Returned) -> int:
    """The part of it that was counted as revenue."""
    counted = returned.shipping and parcel.withheld.filter(kind=Kind.SHIPPING).exists()
    return returned.shipping if counted else 0


def _taxable(left: Amounts, returned: Returned, revenue: int) -> int:
    """How much of ``revenue`` đồng is not spared: by the lines that the refund names, the rest in proportion."""
    unnamed = returned.goods - returned.raw - returned.other
    named = revenue - returned.raw - unnamed
    share = named + part_of(left.taxable, min(unnamed, left.revenue), left.revenue)
    spared = left.revenue - left.taxable
    return max(revenue - spared, min(share, revenue, left.taxable), 0)


def _share(left: Amounts, revenue: int, taxable: int, rule: WithholdingRule) -> Amounts:
    taxed, vat, income_tax = (
        part_of(kept, taxable, left.taxable) if left.taxable else 0
        for kept in (left.taxed, left.vat, left.income_tax)
    )
    return Amounts(
        revenue=-revenue,
        counted=-rule.counted(revenue=revenue, taxable=taxable),
        taxable=-taxable,
        taxed=-taxed,
        vat=-vat,
        income_tax=-income_tax,
    )
