"""Goods that go back, for the tests of this folder: pass only what matters."""

import datetime

from marketplace.order.models import SellerOrder
from payments.tax import giving_back
from payments.tax.models import Withheld


def give_back(
    parcel: SellerOrder, *, goods: int, refund_pk: int, occurred_at: datetime.datetime, **by_name: int
) -> Withheld | None:
    returned = giving_back.Returned(goods=goods, **by_name)
    rows = giving_back.give_back(parcel, returned, refund_pk=refund_pk, occurred_at=occurred_at)
    return rows[0] if rows else None
