"""What lists ask of the read model."""

from collections.abc import Iterable
from typing import Self

from django.contrib.postgres.search import SearchQuery
from django.db import models

#: a list says "1,000+" beyond this, so that no page counts a whole table
COUNTED = 1000


class ListingQuerySet(models.QuerySet):
    """Every filter here has an index behind it; orders and pages are in catalogue.listing.paging."""

    def in_category(self, category_id: int) -> Self:
        """Of the category or anything below it."""
        return self.filter(in_categories__category=category_id)

    def in_season(self, month: int) -> Self:
        return self.filter(season_months__contains=[month])

    def only_in_season(self, month: int) -> Self:
        """In season now, and not all the year round."""
        return self.in_season(month).filter(season_months__len__lt=12)

    def available(self) -> Self:
        return self.filter(net_stock__gt=0)

    def of_seller(self, seller_id: int) -> Self:
        return self.filter(seller=seller_id)

    def matching(self, words: SearchQuery) -> Self:
        return self.filter(document=words)

    def leave_out(self, product_ids: Iterable[int]) -> Self:
        return self.exclude(product__in=list(product_ids))

    def counted(self) -> int:
        """How many there are, COUNTED + 1 at most.

        In the order of an index: without one PostgreSQL would read the table from its start.
        """
        return self.order_by("-listed_at", "-product").values("product")[: COUNTED + 1].count()
