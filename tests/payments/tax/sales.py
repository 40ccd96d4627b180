"""Goods sold and given back, and what the books say of it, for the tests of this folder."""

import datetime
import io
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from openpyxl import load_workbook

from marketplace.order.models import SellerOrder
from payments.models import Refund
from payments.parcel_refunds import Part, refund_parcel
from payments.tax import giving_back
from payments.tax.declaration import declaration
from payments.tax.models import Withheld, WithholdingRule
from tests.factories import anh_tam, make_order, make_product

NOON = datetime.datetime(2026, 11, 20, 12, tzinfo=timezone.get_default_timezone())


def read_as(**fields: Any) -> None:
    WithholdingRule.objects.update(**fields)


def sold(goods: int, *, seller: Any = None) -> SellerOrder:
    parcel: SellerOrder = make_order(
        (make_product(partner=seller or anh_tam(), price=goods), 1)
    ).seller_orders.get()
    return parcel


def taxed_of(parcel: SellerOrder) -> int:
    return sum(row.taxed for row in parcel.withheld.all())


def revenue_of(parcel: SellerOrder) -> int:
    return sum(row.revenue for row in parcel.withheld.all())


def give_back(
    parcel: SellerOrder, *, goods: int, refund_pk: int, occurred_at: datetime.datetime, **by_name: int
) -> Withheld | None:
    returned = giving_back.Returned(goods=goods, **by_name)
    rows = giving_back.give_back(parcel, returned, refund_pk=refund_pk, occurred_at=occurred_at)
    return rows[0] if rows else None


def refunded(parcel: SellerOrder, goods: int, shipping: int, parts: Sequence[Part] = ()) -> Refund:
    key = f"t:{Refund.objects.count()}"
    return refund_parcel(
        parcel, kind=Refund.Kind.LINE, reason="x", key=key, goods=goods, shipping=shipping, parts=parts
    )


def totals(year: int, month: int) -> tuple[Any, ...]:
    """The last row of the declaration."""
    sheet = load_workbook(io.BytesIO(declaration(year, month))).worksheets[0]
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()][-1]
