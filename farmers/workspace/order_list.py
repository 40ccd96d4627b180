"""The orders of one stall by what is to be done with them."""

from functools import cached_property

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from farmers.workspace.order_sheet import OrderSheet, sheet_of
from marketplace.order.models import SellerOrder

Status = SellerOrder.Status
#: in the order of work: what a tab is called in the address, its words, its statuses
TABS: tuple[tuple[str, Promise, tuple[Status, ...]], ...] = (
    ("moi", _("To accept"), (Status.NEW,)),
    ("goi", _("To pack"), (Status.PACKING,)),
    ("dang-giao", _("On the way"), (Status.HANDED_OVER,)),
    ("xong", _("Done"), (Status.DELIVERED, *SellerOrder.ENDED)),
)
PAGE = 30


class OrderList:
    """Three queries, however many orders: the counts, a page of orders, their lines.

    Oldest first where there is work to do, newest first where it is done.
    """

    def __init__(self, orders: QuerySet[SellerOrder], tab: str, after: str) -> None:
        self._orders = orders
        self._after = int(after) if after.isdecimal() else None
        self.tab = tab if tab in [name for name, *_ in TABS] else self._first_with_work()

    @cached_property
    def counts(self) -> dict[str, int]:
        return dict(self._orders.order_by().values_list("status").annotate(Count("pk")))

    @property
    def tabs(self) -> list[dict[str, object]]:
        return [
            {"name": name, "words": words, "count": self._count(statuses), "is_current": name == self.tab}
            for name, words, statuses in TABS
        ]

    @property
    def to_do(self) -> int:
        """Orders that wait for the seller's hands: the big number."""
        return self._count((Status.NEW, Status.PACKING))

    @cached_property
    def page(self) -> list[OrderSheet]:
        return [sheet_of(row) for row in self._rows[:PAGE]]

    @property
    def next(self) -> int | None:
        """pk after which the next page begins."""
        return self._rows[PAGE - 1].pk if len(self._rows) > PAGE else None

    @cached_property
    def _rows(self) -> list[SellerOrder]:
        statuses = next(statuses for name, _, statuses in TABS if name == self.tab)
        rows = self._orders.filter(status__in=statuses)
        if self.tab == "xong":
            rows = rows.filter(pk__lt=self._after) if self._after else rows
            rows = rows.order_by("-pk")
        else:
            rows = rows.filter(pk__gt=self._after) if self._after else rows
            rows = rows.order_by("pk")
        return list(
            rows.select_related("order__shipping_address").prefetch_related("lines__reductions")[: PAGE + 1]
        )

    def _first_with_work(self) -> str:
        return next((name for name, _, statuses in TABS[:2] if self._count(statuses)), TABS[0][0])

    def _count(self, statuses: tuple[Status, ...]) -> int:
        return sum(self.counts.get(status, 0) for status in statuses)
