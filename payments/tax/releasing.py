"""Tax of other sales that goes back with a refund, under a rule that looks at the year's sum again. Whole đồng.

Callers hold the rule's row, so that nobody sells or gives back above the limit meanwhile.
"""

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet, Sum
from django.utils import timezone

from marketplace.order.models import SellerOrder
from payments.ledger.allocation import part_of
from payments.tax.meter import counted_of, in_year
from payments.tax.models import Withheld, WithholdingRule
from payments.tax.rules import limit_for
from payments.tax.writing import Amounts, left_of, write

Kind, AboveLimit = Withheld.Kind, WithholdingRule.AboveLimit


def release(refunded: Sequence[Withheld], rule: WithholdingRule) -> None:
    """What the year is taxed too much after these rows of a refund goes back, the newest sales first."""
    first = refunded[0]
    limit = limit_for(rule, first.partner, _year_of(first))
    if limit is None:
        return
    rows = _of_the_year(first)
    too_much = _taxed_too_much(refunded, rule, rows, limit)
    for parcel, of_shipping, of_year in _newest_first(rows):
        if too_much <= 0:
            return
        left = left_of(parcel, of_shipping=of_shipping)
        taxed = min(too_much, of_year, left.taxed)
        if taxed > 0:
            vat, income_tax = (part_of(kept, taxed, left.taxed) for kept in (left.vat, left.income_tax))
            write(
                key=f"released:{parcel.pk}:{first.pk}",
                kind=Kind.RELEASED,
                parcel=parcel,
                rule=rule,
                amounts=_of_tax(-taxed, -vat, -income_tax),
                at=first.occurred_at,
                of_shipping=of_shipping,
                by_limit=True,
                brought_by=first,
            )
            too_much -= taxed


def _of_the_year(refunded: Withheld) -> QuerySet[Withheld]:
    """Of which its sum decided how much is taxed: what was kept back of every sale stays so."""
    return in_year(_year_of(refunded)).filter(partner=refunded.partner, by_limit=True).order_by()


def _year_of(row: Withheld) -> int:
    return timezone.localdate(row.occurred_at).year


def _taxed_too_much(
    refunded: Sequence[Withheld], rule: WithholdingRule, rows: QuerySet[Withheld], limit: int
) -> int:
    """Of the part above the limit as much as it is smaller now; of whole sales all, once none is above.

    Of what goes back only the part counts that could be taxed and was not: in its place another sale was.
    """
    sum_after = counted_of(refunded[0].partner, _year_of(refunded[0]))
    sum_before = sum_after - sum(row.counted for row in refunded)
    before, after = max(0, sum_before - limit), max(0, sum_after - limit)
    taxed = _taxed(rows)
    if rule.above_limit != AboveLimit.PART:
        return taxed if before and not after else 0
    untaxed = sum(row.taxed - row.taxable for row in refunded)
    return min(taxed, untaxed, before - after + sum(row.taxed for row in refunded))


def _taxed(rows: QuerySet[Withheld]) -> int:
    return int(rows.aggregate(total=Sum("taxed", default=0))["total"])


def _newest_first(rows: QuerySet[Withheld]) -> Iterator[tuple[SellerOrder, bool, int]]:
    """Parcels, whether of their shipping, and what is still taxed of that, đồng."""
    sums = rows.values("seller_order", "of_shipping").annotate(left=Sum("taxed")).filter(left__gt=0)
    left = list(
        sums.values_list("seller_order", "of_shipping", "left").order_by("-seller_order", "of_shipping")
    )
    parcels = SellerOrder.objects.select_related("partner").in_bulk([parcel for parcel, _of, _left in left])
    for parcel, of_shipping, taxed in left:
        yield parcels[parcel], of_shipping, taxed


def _of_tax(taxed: int, vat: int, income_tax: int) -> Amounts:
    return Amounts(revenue=0, counted=0, taxable=0, taxed=taxed, vat=vat, income_tax=income_tax)
