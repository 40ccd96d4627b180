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
from payments.statements.paying import SETTLED, Words, when_paid

What = Entry.Kind
#: where a kind of entry stands in the sum; a kind that is not named, a correction, is "other"
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
#: what the seller has got of it
_RECEIVED = (What.PAYOUT_SENT, What.CASH_KEPT)
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
class Row:
    """One order's part of a period, or a correction, which belongs to no order: its ``number`` is empty.

    ``at`` is when it last moved. ``words`` say when the money is paid out, of a correction why it was made.
    """

    number: str
    at: datetime.datetime
    amounts: Amounts
    words: Words

    @property
    def on(self) -> datetime.date:
        return timezone.localdate(self.at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    first: datetime.date
    last: datetime.date
    rows: tuple[Row, ...]
    totals: Amounts
    #: sent to the seller's bank in the period
    paid_out: int
    #: sent then or before, and sent back by the bank in the period
    came_back: int
    #: of buyers who paid at the door, in the seller's own hands
    cash_kept: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    first: datetime.date
    net: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One line of an order's account."""

    at: datetime.datetime
    words: Words
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
    """What was earned with this order and given back of it, oldest first; in whose hands that is, is no step."""
    lines = _earned(parcel.partner).filter(entry__seller_order=parcel)
    lines = lines.select_related("entry").order_by("entry__occurred_at", "pk")
    return [Step(at=line.entry.occurred_at, words=_words(line), amount=-line.amount) for line in lines]


def _statement(partner: Partner, first: datetime.date, end: datetime.date) -> Statement:
    period = {"entry__occurred_at__gte": _midnight(first), "entry__occurred_at__lt": _midnight(end)}
    earned = _earned(partner).filter(**period)
    rows = [*_orders(partner, earned), *_corrections(earned)]
    payouts = _with_kind(_lines(partner)).filter(what__in=_RECEIVED, **period)
    moved = dict(payouts.order_by().values_list("entry__kind").annotate(Sum("amount")))
    return Statement(
        first=first,
        last=end - datetime.timedelta(days=1),
        rows=tuple(sorted(rows, key=lambda row: (row.at, row.number == "", row.number))),
        totals=Amounts.total_of(row.amounts for row in rows),
        paid_out=moved.get(What.PAYOUT_SENT, 0),
        came_back=-moved.get(What.REVERSAL, 0),
        cash_kept=moved.get(What.CASH_KEPT, 0),
    )


def _orders(partner: Partner, lines: QuerySet[Any]) -> list[Row]:
    parcels: dict[int, str] = {}
    amounts: dict[int, dict[str, int]] = {}
    last: dict[int, datetime.datetime] = {}
    sums = lines.exclude(entry__seller_order=None).order_by()
    sums = sums.values_list("entry__seller_order", "entry__seller_order__number", "what")
    for parcel, number, what, total, at in sums.annotate(Sum("amount"), Max("entry__occurred_at")):
        column, of_parcel = COLUMNS.get(what, "other"), amounts.setdefault(parcel, {})
        of_parcel[column] = of_parcel.get(column, 0) - total
        last[parcel] = max(at, last.get(parcel, at))
        parcels[parcel] = number
    when = when_paid(partner, parcels, now=timezone.now())
    return [
        _order(number, last[parcel], Amounts(**amounts[parcel]), when.get(parcel, ""))
        for parcel, number in parcels.items()
    ]


def _order(number: str, at: datetime.datetime, amounts: Amounts, when: Words) -> Row:
    """What a later month takes off an order is settled apart from what was paid for it."""
    return Row(number=number, at=at, amounts=amounts, words=SETTLED if amounts.net < 0 else when)


def _corrections(lines: QuerySet[Any]) -> list[Row]:
    """Each by itself, with the reason that its two people gave."""
    lines = lines.filter(entry__seller_order=None).select_related("entry").order_by("pk")
    return [
        Row(number="", at=line.entry.occurred_at, amounts=Amounts(other=-line.amount), words=line.entry.memo)
        for line in lines
    ]


def _lines(partner: Partner) -> QuerySet[Line]:
    return Line.objects.filter(account__kind=Account.Kind.SELLER_PAYABLE, account__partner=partner)


def _with_kind(lines: QuerySet[Line]) -> QuerySet[Any]:
    """A reversal counts where the entry stands that it takes back."""
    return lines.annotate(what=Coalesce(F("entry__reverses__kind"), F("entry__kind")))


def _earned(partner: Partner) -> QuerySet[Any]:
    return _with_kind(_lines(partner)).exclude(what__in=_RECEIVED)


def _words(line: Any) -> Words:
    words = WORDS.get(line.what, line.entry.get_kind_display())
    return _("Taken back: %(what)s") % {"what": words} if line.entry.reverses_id else words


def _next_month(first: datetime.date) -> datetime.date:
    return (first + datetime.timedelta(days=31)).replace(day=1)


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
