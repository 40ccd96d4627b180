"""What a seller has earned so far in a calendar year, and the rows of one month or year in Vietnam's time."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, Case, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.utils import timezone

from farmers.partner.models import Partner
from payments.tax.models import Withheld
from payments.tax.rules import rule_for, rule_of_kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Meter:
    """``counted`` đồng of the year against its ``limit``, whether anything is kept back by it or not."""

    counted: int
    limit: int


def meter_of(partner: Partner, year: int, *, today: date) -> Meter | None:
    """By the rule of the year's last day, or of today; None where that names no limit for the seller."""
    rule = rule_for(partner, min(today, date(year, 12, 31)))
    if rule is None or rule.yearly_limit is None:
        return None
    return Meter(counted=counted_of(partner, year), limit=rule.yearly_limit)


def with_meter(sellers: QuerySet[Any], *, today: date) -> QuerySet[Any]:
    """Those of whom something counts this year, the most first, with ``counted`` and ``limit`` (or None)."""
    rows = in_year(today.year).filter(partner=OuterRef("pk")).order_by().values("partner")
    rules = {kind: rule_of_kind(kind, today) for kind in Partner.Kind.values}
    limits = [When(kind=kind, then=Value(rule.yearly_limit)) for kind, rule in rules.items() if rule]
    counted = sellers.annotate(
        counted=Subquery(rows.annotate(sum=Sum("counted")).values("sum")),
        limit=Case(*limits, output_field=BigIntegerField()),
    )
    found: QuerySet[Any] = counted.filter(counted__isnull=False).order_by("-counted", "pk")
    return found


def counted_of(partner: Partner, year: int) -> int:
    """đồng sold and paid in that year that count against the yearly limit, less what was given back in it."""
    rows = in_year(year).filter(partner=partner)
    return int(rows.aggregate(total=Sum("counted", default=0))["total"])


def in_year(year: int) -> QuerySet[Withheld]:
    return _between(_first(year, 1), _first(year + 1, 1))


def in_month(year: int, month: int) -> QuerySet[Withheld]:
    """Raises ValueError for a month that is none."""
    following = (year + 1, 1) if month == 12 else (year, month + 1)
    return _between(_first(year, month), _first(*following))


def _between(start: datetime, end: datetime) -> QuerySet[Withheld]:
    return Withheld.objects.filter(occurred_at__gte=start, occurred_at__lt=end)


def _first(year: int, month: int) -> datetime:
    return timezone.make_aware(datetime(year, month, 1))
