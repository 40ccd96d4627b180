"""What a seller earned, order by order, read from the lines of the seller's account and nothing else.

Amounts are whole đồng as the seller sees them: what comes positive, what goes negative. Days, months and years are
Vietnam's; a refund counts in the month in which it happens.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Self

from django.db.models import F, Max, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from farmers.partner.models import Partner
from marketplace.order.models import SellerOrder
from payments.ledger.models import Account, Entry, Line

What = Entry.Kind
#: where a kind of entry stands in the sum; a kind that is not named is "other"
COLUMNS: dict[str, str] = {
    What.ORDER_PAID: "goods",
    What.CASH_COLLECTED: "goods",
    What.COMMISSION: "commission",
    What.COMMISSION_BACK: "commission",
    What.WITHHELD_TAX: "tax",
    What.TAX_BACK: "tax",
    What.REFUND_OWED: "refunds",
    What.SHIPPING_DUE: "shipping",
}
#: the same in a seller's words
WORDS: dict[str, Promise] = {
    What.ORDER_PAID: _("The buyer paid for the goods"),
    What.CASH_COLLECTED: _("The buyer paid for the goods at the door"),
    What.COMMISSION: _("The market's commission"),
    What.COMMISSION_BACK: _("Commission given back to you"),
    What.WITHHELD_TAX: _("Tax that the market pays for you"),
    What.TAX_BACK: _("Tax given back to you"),
    What.REFUND_OWED: _("Given back to the buyer"),
    What.SHIPPING_DUE: _("Shipping that the buyer paid, since you pay the carrier"),
    What.CASH_KEPT: _("The cash that you have taken"),
    What.PAYOUT_SENT: _("Sent to your bank account"),
    What.CORRECTION: _("Correction by the market"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Amounts:
    """goods − commission − tax − refunds + shipping = what the seller receives."""

    goods: int = 0
    commission: int = 0
    tax: int = 0
    refunds: int = 0
    shipping: int = 0
    other: int = 0

    @property
    def net(self) -> int:
        return sum(getattr(self, field.name) for field in fields(self))

    @classmethod
    def total_of(cls, many: "Iterable[Amounts]") -> Self:
        rows = list(many)
        return cls(**{field.name: sum(getattr(row, field.name) for row in rows) for field in fields(cls)})


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderRow:
    """One order's part of a period; ``number`` is empty for what belongs to no order."""

    number: str
    on: datetime.date
    amounts: Amounts


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    first: datetime.date
    last: datetime.date
    rows: tuple[OrderRow, ...]
    totals: Amounts
    #: sent to the seller's bank in the period, or taken by the seller at the door
    paid_out: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    first: datetime.date
    net: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One line of an order's account."""

    at: datetime.datetime
    words: str | Promise
    amount: int


def month_statement(partner: Partner, year: int, month: int) -> Statement:
    """Raises ValueError for a month that is none."""
    first = datetime.date(year, month, 1)
    return _statement(partner, first, _next_month(first))


def year_statement(partner: Partner, year: int) -> Statement:
    """Raises ValueError for a year that is none."""
    return _statement(partner, datetime.date(year, 1, 1), datetime.date(year + 1, 1, 1))


def months_of(partner: Partner) -> list[Month]:
    """The months in which something was earned or given back, the latest first."""
    rows = _earned(partner).annotate(month=TruncMonth("entry__occurred_at")).order_by("-month")
    sums = rows.values_list("month").annotate(Sum("amount"))
    return [Month(first=timezone.localtime(month).date(), net=-amount) for month, amount in sums]


def steps_of(parcel: SellerOrder) -> list[Step]:
    """What moved the seller's account for this order, oldest first."""
    lines = _with_kind(_lines(parcel.partner)).filter(entry__seller_order=parcel)
    lines = lines.select_related("entry").order_by("entry__occurred_at", "pk")
    return [Step(at=line.entry.occurred_at, words=_words(line), amount=-line.amount) for line in lines]


def _statement(partner: Partner, first: datetime.date, end: datetime.date) -> Statement:
    period = {"entry__occurred_at__gte": _midnight(first), "entry__occurred_at__lt": _midnight(end)}
    rows = _rows(_earned(partner).filter(**period))
    paid_out = _lines(partner).filter(**period).exclude(pk__in=_earned(partner))
    return Statement(
        first=first,
        last=end - datetime.timedelta(days=1),
        rows=rows,
        totals=Amounts.total_of(row.amounts for row in rows),
        paid_out=paid_out.aggregate(total=Sum("amount", default=0))["total"],
    )


def _rows(lines: QuerySet[Any]) -> tuple[OrderRow, ...]:
    """One per order, in the order in which they last moved."""
    sums = lines.order_by().values("entry__seller_order__number", "what")
    by_order: dict[str, dict[str, int]] = {}
    last: dict[str, datetime.datetime] = {}
    for row in sums.annotate(total=Sum("amount"), at=Max("entry__occurred_at")):
        number, column = row["entry__seller_order__number"] or "", COLUMNS.get(row["what"], "other")
        amounts = by_order.setdefault(number, {})
        amounts[column] = amounts.get(column, 0) - row["total"]
        last[number] = max(row["at"], last.get(number, row["at"]))
    return tuple(
        OrderRow(number=number, on=timezone.localdate(last[number]), amounts=Amounts(**by_order[number]))
        for number in sorted(by_order, key=lambda number: (last[number], number))
    )


def _lines(partner: Partner) -> QuerySet[Line]:
    return Line.objects.filter(account__kind=Account.Kind.SELLER_PAYABLE, account__partner=partner)


def _with_kind(lines: QuerySet[Line]) -> QuerySet[Any]:
    """A reversal counts where the entry stands that it takes back."""
    return lines.annotate(what=Coalesce(F("entry__reverses__kind"), F("entry__kind")))


def _earned(partner: Partner) -> QuerySet[Any]:
    return _with_kind(_lines(partner)).exclude(what__in=(What.PAYOUT_SENT, What.CASH_KEPT))


def _words(line: Any) -> str | Promise:
    words = WORDS.get(line.what, line.entry.get_kind_display())
    return _("Taken back: %(what)s") % {"what": words} if line.entry.reverses_id else words


def _next_month(first: datetime.date) -> datetime.date:
    return (first + datetime.timedelta(days=31)).replace(day=1)


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
