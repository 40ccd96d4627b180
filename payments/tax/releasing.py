"""Tax of other sales that goes back with a refund, under a rule that looks at the year's sum again. Whole đồng.

Callers hold the rule's row, so that nobody sells or gives back above the limit meanwhile.
"""

from collections.abc import Iterator

from django.db.models import QuerySet, Sum
from django.utils import timezone

from marketplace.order.models import SellerOrder
from payments.ledger.allocation import part_of
from payments.tax.meter import counted_of, in_year
from payments.tax.models import Withheld, WithholdingRule
from payments.tax.writing import Amounts, left_of, write

Kind, AboveLimit, Policy = Withheld.Kind, WithholdingRule.AboveLimit, WithholdingRule.Policy


def release(refunded: Withheld, rule: WithholdingRule) -> None:
    """What the year is taxed too much after this refund goes back, the newest sales first, parcel by parcel."""
    rows = _of_the_year(refunded)
    too_much = _taxed_too_much(refunded, rule, rows)
    for parcel, of_year in _newest_first(rows):
        if too_much <= 0:
            return
        left = left_of(parcel)
        taxed = min(too_much, of_year, left.taxed)
        if taxed > 0:
            vat, income_tax = (part_of(kept, taxed, left.taxed) for kept in (left.vat, left.income_tax))
            write(
                key=f"released:{parcel.pk}:{refunded.pk}",
                kind=Kind.RELEASED,
                parcel=parcel,
                rule=rule,
                amounts=_of_tax(-taxed, -vat, -income_tax),
                at=refunded.occurred_at,
                brought_by=refunded,
            )
            too_much -= taxed


def keep_released(refunded: Withheld, kept: Withheld) -> None:
    """The refund is not made: what it released is kept again, of what no other sale has made be taxed since."""
    rows = refunded.brought.filter(kind=Kind.RELEASED).order_by("pk")
    for row in rows.select_related("seller_order__partner", "rule"):
        left = left_of(row.seller_order)
        taxed = min(-row.taxed, left.taxable - left.taxed)
        if taxed > 0:
            vat, income_tax = (part_of(-back, taxed, -row.taxed) for back in (row.vat, row.income_tax))
            write(
                key=f"{kept.key}:{row.seller_order_id}",
                kind=Kind.KEPT_AGAIN,
                parcel=row.seller_order,
                rule=row.rule,
                amounts=_of_tax(taxed, vat, income_tax),
                at=kept.occurred_at,
                brought_by=kept,
            )


def _of_the_year(refunded: Withheld) -> QuerySet[Withheld]:
    """By rules that looked at its sum: what was kept back of every sale stays so."""
    year = timezone.localdate(refunded.occurred_at).year
    return in_year(year).filter(partner=refunded.partner, rule__policy=Policy.ABOVE_LIMIT).order_by()


def _taxed_too_much(refunded: Withheld, rule: WithholdingRule, rows: QuerySet[Withheld]) -> int:
    """Of the part above the limit as much as it is smaller now; of whole sales all, once none is above."""
    sum_after = counted_of(refunded.partner, timezone.localdate(refunded.occurred_at).year)
    limit = rule.yearly_limit or 0  # the database refuses a limited rule without one
    before, after = max(0, sum_after - refunded.counted - limit), max(0, sum_after - limit)
    if not before:
        return 0
    taxed_now, taxed_before = _taxed(rows), _taxed(rows.exclude(pk=refunded.pk))
    if rule.above_limit == AboveLimit.PART:
        return taxed_now - part_of(taxed_before, after, before)
    return 0 if after else taxed_now


def _taxed(rows: QuerySet[Withheld]) -> int:
    return int(rows.aggregate(total=Sum("taxed", default=0))["total"])


def _newest_first(rows: QuerySet[Withheld]) -> Iterator[tuple[SellerOrder, int]]:
    """Parcels with what is still taxed of them, đồng."""
    sums = rows.values("seller_order").annotate(left=Sum("taxed")).filter(left__gt=0)
    left = dict(sums.values_list("seller_order", "left"))
    for parcel in SellerOrder.objects.filter(pk__in=left).select_related("partner").order_by("-pk"):
        yield parcel, left[parcel.pk]


def _of_tax(taxed: int, vat: int, income_tax: int) -> Amounts:
    return Amounts(revenue=0, counted=0, taxable=0, taxed=taxed, vat=vat, income_tax=income_tax)
