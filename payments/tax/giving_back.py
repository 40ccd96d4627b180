"""How much of what was kept back goes back with a refund, in the month in which that happens. Whole đồng."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from farmers.partner.models import Partner
from marketplace.order.models import SellerOrder
from payments.ledger.allocation import part_of
from payments.tax.locks import lock_meter
from payments.tax.models import Withheld, WithholdingRule
from payments.tax.releasing import release
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
) -> list[Withheld]:
    """What the buyer gets back is no revenue: its share of the tax goes back to the seller, once per refund.

    The rows, one of goods and one of shipping, belong to the month in which the refund happens (Decree 117/2025:
    offset in the same period). Shares are counted on what is left, so that a whole refund in any number of parts
    gives back exactly what was kept. Empty where nothing was withheld, or nothing is left of it. For the ledger: what
    it returns, and what those ``brought``, is what to book.
    """
    if found := _of_refund(refund_pk):
        return found
    rule = _rule_of_the_day(parcel.partner, occurred_at)
    rows = [
        write(
            key=f"refund:{refund_pk}",
            kind=Kind.REFUNDED,
            parcel=parcel,
            rule=kept.rule,
            amounts=amounts,
            at=occurred_at,
            of_shipping=kept.of_shipping,
            by_limit=kept.by_limit,
        )
        for kept, amounts in _shares(parcel, returned)
    ]
    if rows and rule is not None and rule.releases:
        release(rows[-1], rule)
    return rows


def _of_refund(pk: int) -> list[Withheld]:
    rows = Withheld.objects.filter(key__in=[f"refund:{pk}", f"refund:{pk}:shipping"]).order_by("pk")
    return list(rows.select_related("seller_order__partner", "partner", "rule"))


def _rule_of_the_day(partner: Partner, at: datetime) -> WithholdingRule | None:
    """Alone with it where it looks at other sales: one of them may just be finding this one untaxed."""
    rule = rule_for(partner, timezone.localdate(at))
    if rule is not None and (rule.catches_up or rule.releases):
        lock_meter(rule)
    return rule


def _shares(parcel: SellerOrder, returned: Returned) -> Iterator[tuple[Withheld, Amounts]]:
    """The row of the sale, or of the shipping, and how much goes back of it; nothing of what never counted."""
    for kept in (
        parcel.withheld.filter(kind__in=(Kind.SOLD, Kind.SHIPPING)).select_related("rule").order_by("pk")
    ):
        left = left_of(parcel, of_shipping=kept.of_shipping)
        revenue = min(returned.shipping if kept.of_shipping else returned.goods, left.revenue)
        if revenue > 0:
            taxable = revenue if kept.of_shipping else _taxable(left, returned, revenue)
            yield kept, _share(left, revenue, taxable, kept.rule)


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
