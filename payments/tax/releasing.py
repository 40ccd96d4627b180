"""Tax of other sales that goes back with a refund, under a rule that looks at the year's sum again. Whole đồng.

Callers hold the rule's row, so that nobody sells or gives back above the limit meanwhile.
"""

from collections.abc import Iterator

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Min, QuerySet, Sum
from django.utils import timezone

from marketplace.order.models import SellerOrder
from payments.ledger.allocation import part_of
from payments.tax.meter import in_year
from payments.tax.models import Withheld, WithholdingRule
from payments.tax.rules import limit_for, taxed_above
from payments.tax.writing import Amounts, left_of, write

Kind = Withheld.Kind


def release(refunded: Withheld, rule: WithholdingRule) -> None:
    """What the year is taxed too much after this row, the last of its refund, goes back; the newest sales first."""
    limit = limit_for(rule, refunded.partner, timezone.localdate(refunded.occurred_at).year)
    if limit is None:
        return
    rows = _of_the_year(refunded)
    too_much = _taxed_too_much(rows, rule, limit)
    for parcel, of_shipping, of_year in _newest_first(rows.filter(by_limit=True)):
        if too_much <= 0:
            return
        left = left_of(parcel, of_shipping=of_shipping)
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
                of_shipping=of_shipping,
                by_limit=True,
                brought_by=refunded,
            )
            too_much -= taxed


def _of_the_year(row: Withheld) -> QuerySet[Withheld]:
    year = timezone.localdate(row.occurred_at).year
    return in_year(year).filter(partner=row.partner).order_by()


def _taxed_too_much(rows: QuerySet[Withheld], rule: WithholdingRule, limit: int) -> int:
    """Next to what the year would be taxed, had only what is left of it been sold, in the order of the sales.

    What was kept back whatever the year's sum was stays so.
    """
    so_far = due = 0
    for counted, taxable, by_limit in _left_in_order(rows):
        if by_limit:
            due += taxed_above(rule, limit, before=so_far, counted=counted, taxable=taxable)
        so_far += counted
    taxed = int(rows.filter(by_limit=True).aggregate(total=Sum("taxed", default=0))["total"])
    if rule.catches_up and so_far > limit:
        return 0
    return taxed - due


def _left_in_order(rows: QuerySet[Withheld]) -> QuerySet[Withheld, tuple[int, int, bool]]:
    """Of each sale, or its shipping: what counts, what can be taxed, and whether the year's sum decided on that."""
    of_each = rows.values("seller_order", "of_shipping").annotate(
        first=Min("pk"), left=Sum("counted"), can_be=Sum("taxable"), decided=BoolOr("by_limit")
    )
    return of_each.order_by("first").values_list("left", "can_be", "decided")


def _newest_first(rows: QuerySet[Withheld]) -> Iterator[tuple[SellerOrder, bool, int]]:
    """Parcels, whether of their shipping, and what is still taxed of that, đồng."""
    of_each = rows.values("seller_order", "of_shipping").annotate(first=Min("pk"), left=Sum("taxed"))
    newest_first = of_each.filter(left__gt=0).order_by("-first")
    left = list(newest_first.values_list("seller_order", "of_shipping", "left"))
    parcels = SellerOrder.objects.select_related("partner").in_bulk([parcel for parcel, _of, _left in left])
    for parcel, of_shipping, taxed in left:
        yield parcels[parcel], of_shipping, taxed


def _of_tax(taxed: int, vat: int, income_tax: int) -> Amounts:
    return Amounts(revenue=0, counted=0, taxable=0, taxed=taxed, vat=vat, income_tax=income_tax)
