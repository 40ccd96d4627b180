"""Questions asked of sellers and their stock."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F

from catalogue.crops import SaleMode
from catalogue.products import Product


class PartnerQuerySet(models.QuerySet[Any]):
    def active(self) -> PartnerQuerySet:
        """Those who may sell now: verified and not suspended."""
        return self.filter(status=self.model.Status.ACTIVE)


class StockRecordQuerySet(models.QuerySet[Any]):
    def sellable(self) -> StockRecordQuerySet:
        """Those a basket may take from now: not paused, on public sale by parcel, of an active seller.

        Subqueries, not joins: an UPDATE over a join compares the counts in a subselect that PostgreSQL does
        not look at again after waiting for a lock, and two buyers would get the last pack.
        """
        sellers = self.model._meta.get_field("partner").related_model
        return self.filter(
            is_paused=False,
            partner__in=sellers.objects.active(),
            product__in=Product.objects.filter(is_public=True, sale_mode=SaleMode.PARCEL),
        )

    def with_left(self) -> StockRecordQuerySet:
        """`left`: packs in stock that no order holds."""
        records: StockRecordQuerySet = self.annotate(left=F("num_in_stock") - F("num_allocated"))
        return records
