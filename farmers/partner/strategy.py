"""Oscar's door to price and availability: one stock record per product, whole đồng, no tax on top.

It asks for `product.stockrecords` with their `partner`; whoever prices many products prefetches them with
`StockRecord.objects.select_related("partner")`.
"""

from typing import Any

from django.http import HttpRequest
from oscar.apps.partner.strategy import NoTax, Structured, UseFirstStockRecord
from oscar.apps.partner.strategy import Selector as CoreSelector

from catalogue.crops import SaleMode
from catalogue.products import Product
from farmers.partner.availability import StockRequired, Unavailable
from farmers.partner.models import Partner, StockRecord


class FarmStrategy(UseFirstStockRecord, NoTax, Structured):
    def availability_policy(
        self, product: Product, stockrecord: StockRecord | None
    ) -> StockRequired | Unavailable:
        """The same rule as StockRecordQuerySet.sellable(), for rows already in hand."""
        if (
            stockrecord is None
            or stockrecord.is_paused
            or stockrecord.price is None
            or not product.is_public
            or product.sale_mode != SaleMode.PARCEL
            or stockrecord.partner.status != Partner.Status.ACTIVE
        ):
            return Unavailable()
        return StockRequired(stockrecord.net_stock_level)


class Selector(CoreSelector):
    def strategy(self, request: HttpRequest | None = None, user: Any = None, **kwargs: Any) -> FarmStrategy:
        """The same prices for everybody: pages are the same bytes for all."""
        return FarmStrategy(request)
