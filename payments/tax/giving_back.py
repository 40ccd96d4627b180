"""How much of what was kept back goes back with a refund, in the month in which that happens. Whole đồng."""

from dataclasses import astuple, dataclass
from datetime import datetime

from django.db.models import Sum
from django.utils import timezone

from farmers.partner.models import Partner
from marketplace.order.models import SellerOrder
from payments.ledger.allocation import part_of
from payments.tax.locks import lock_meter
from payments.tax.models import Withheld
from payments.tax.rules import rule_for
from payments.tax.writing import Amounts, write

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
    kept. None where nothing was withheld, or nothing is left of it.
    """
    key = f"refund:{refund_pk}"
    sold = parcel.withheld.filter(kind=Kind.SOLD).select_related("rule").first()
    found = Withheld.objects.filter(key=key).first()
    if found is not None or sold is None:
        return found
    _wait_for_catching_up(parcel.partner, occurred_at)
    left = _left(parcel)
    revenue = min(returned.goods + _shipping(parcel, returned), left.revenue)
    if revenue <= 0:
        return None
    amounts = _share(left, revenue, _taxable(left, returned, revenue))
    return write(key=key, kind=Kind.REFUNDED, parcel=parcel, rule=sold.rule, amounts=amounts, at=occurred_at)


def keep_after_all(refund_pk: int, *, occurred_at: datetime) -> Withheld | None:
    """The refund is not made: what went back with it is kept again, once. None where nothing went back."""
    back = Withheld.objects.select_related("seller_order__partner", "rule").filter(key=f"refund:{refund_pk}")
    key = f"kept:{refund_pk}"
    found, row = Withheld.objects.filter(key=key).first(), back.first()
    if found is not None or row is None:
        return found
    amounts = Amounts(
        revenue=-row.revenue,
        taxable=-row.taxable,
        taxed=-row.taxed,
        vat=-row.vat,
        income_tax=-row.income_tax,
    )
    parcel, kind = row.seller_order, Kind.KEPT_AGAIN
    return write(key=key, kind=kind, parcel=parcel, rule=row.rule, amounts=amounts, at=occurred_at)


def _wait_for_catching_up(partner: Partner, at: datetime) -> None:
    """Another sale may just be finding this one untaxed."""
    rule = rule_for(partner, timezone.localdate(at))
    if rule is not None and rule.catches_up:
        lock_meter(rule)


def _left(parcel: SellerOrder) -> Amounts:
    """What was counted and kept of the parcel, less what went back."""
    names = ("revenue", "taxable", "taxed", "vat", "income_tax")
    return Amounts(**parcel.withheld.aggregate(**{name: Sum(name, default=0) for name in names}))


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


def _share(left: Amounts, revenue: int, taxable: int) -> Amounts:
    taxed, vat, income_tax = (
        part_of(kept, taxable, left.taxable) if left.taxable else 0 for kept in astuple(left)[2:]
    )
    return Amounts(revenue=-revenue, taxable=-taxable, taxed=-taxed, vat=-vat, income_tax=-income_tax)
