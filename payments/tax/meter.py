"""What a seller has earned so far in a calendar year, and the rows of one month or year in Vietnam's time."""

from datetime import datetime

from django.db.models import QuerySet, Sum
from django.utils import timezone

from farmers.partner.models import Partner
from payments.tax.models import Withheld


def revenue_of(partner: Partner, year: int) -> int:
    """đồng of goods sold and paid in that year, less what was given back in it."""
    rows = in_year(year).filter(partner=partner)
    return int(rows.aggregate(total=Sum("revenue", default=0))["total"])


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
