"""How much of what was kept back goes back with a refund, in the month in which that happens. Whole đồng."""

from collections.abc import Iterator
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
) -> list[Withheld]:
    """What the buyer gets back is no revenue: its share of the tax goes back to the seller, once per refund.

    The rows, one of goods and one of shipping, belong to the month in which the refund happens (Decree 117/2025:
    offset in the same period). Shares are counted on what is left, so that a whole refund in any number of parts
    gives back exactly what was kept. Empty where nothing was withheld, or nothing is left of it. For the ledger: what
    it returns, and what those ``brought``, is what to book.
    """
    sold = parcel.withheld.filter(kind=Kind.SOLD).select_related("rule").first()
    found = _of_refund(refund_pk)
    if found or sold is None:
        return found
    rule = _rule_of_the_day(parcel.partner, occurred_at)
    rows = [
        write(
            key=f"refund:{refund_pk}",
            kind=Kind.REFUNDED,
            parcel=parcel,
            rule=sold.rule,
            amounts=amounts,
            at=occurred_at,
            of_shipping=of_shipping,
        )
        for of_shipping, amounts in _shares(parcel, returned, sold.rule)
    ]
    if rows and rule is not None and rule.releases:
        release(rows, rule)
    return rows


def keep_after_all(refund_pk: int, *, occurred_at: datetime) -> list[Withheld]:
    """The refund is not made: what went back with it is kept again, once. Empty where nothing went back.

    What it returns is booked as the reversed refund; what those ``brought`` is to book beside.
    """
    key, back = f"kept:{refund_pk}", _of_refund(refund_pk)
    found = list(
        Withheld.objects.filter(kind=Kind.KEPT_AGAIN, brought_by=None, key__in=[key, f"{key}:shipping"])
    )
    if found or not back:
        return found
    _rule_of_the_day(back[0].partner, occurred_at)
    return [_keep_again(row, key, occurred_at) for row in back]


def _keep_again(row: Withheld, key: str, at: datetime) -> Withheld:
    kept = write(
        key=key,
        kind=Kind.KEPT_AGAIN,
        parcel=row.seller_order,
        rule=row.rule,
        amounts=Amounts(**{name: -getattr(row, name) for name in AMOUNTS}),
        at=at,
        of_shipping=row.of_shipping,
    )
    keep_released(row, kept)
    return kept


def _of_refund(pk: int) -> list[Withheld]:
    rows = Withheld.objects.filter(key__in=[f"refund:{pk}", f"refund:{pk}:shipping"]).order_by("pk")
    return list(rows.select_related("seller_order__partner", "partner", "rule"))


def _rule_of_the_day(partner: Partner, at: datetime) -> WithholdingRule | None:
    """Alone with it where it looks at other sales: one of them may just be finding this one untaxed."""
    rule = rule_for(partner, timezone.localdate(at))
    if rule is not None and (rule.catches_up or rule.releases):
        lock_meter(rule)
    return rule


def _shares(parcel: SellerOrder, returned: Returned, rule: WithholdingRule) -> Iterator[tuple[bool, Amounts]]:
    """Whether of shipping, and how much goes back of it; nothing of what was never counted."""
    left = left_of(parcel, of_shipping=False)
    if (goods := min(returned.goods, left.revenue)) > 0:
        yield False, _share(left, goods, _taxable(left, returned, goods), rule)
    left = left_of(parcel, of_shipping=True)
    if (shipping := min(returned.shipping, left.revenue)) > 0:
        yield True, _share(left, shipping, shipping, rule)


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
