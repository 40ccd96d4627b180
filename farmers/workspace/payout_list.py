"""What was sent to one stall's account, newest first."""

from functools import cached_property

from farmers.partner.models import Partner
from payments.payouts.models import Payout

#: what waits for a second person or was called off is no news for the seller
_SHOWN = (Payout.State.SENT, Payout.State.PAID, Payout.State.RETURNED)
PAGE = 20


class PayoutList:
    """Two queries: the payouts of a page, and the parcels that they pay for."""

    def __init__(self, seller: Partner, before: str) -> None:
        self._seller = seller
        self._before = int(before) if before.isdecimal() else None

    @cached_property
    def page(self) -> list[Payout]:
        return self._rows[:PAGE]

    @property
    def next(self) -> int | None:
        """pk before which the next page begins."""
        return self._rows[PAGE - 1].pk if len(self._rows) > PAGE else None

    @cached_property
    def _rows(self) -> list[Payout]:
        rows = Payout.objects.filter(partner=self._seller, state__in=_SHOWN)
        if self._before:
            rows = rows.filter(pk__lt=self._before)
        rows = rows.select_related("batch").prefetch_related("items__seller_order")
        return list(rows.order_by("-pk")[: PAGE + 1])
