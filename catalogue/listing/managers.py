"""What lists ask of the read model."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models.expressions import Combinable

#: a list says "1,000+" beyond this, so that no page counts a whole table
COUNTED = 1000


class Matches(models.Func):
    """document @@ tsquery. Django's own lookup takes no expression that chooses between queries."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    arity = 2
    output_field = models.BooleanField()

    def __init__(self, query: Combinable) -> None:
        super().__init__("document", query)


class ListingQuerySet(models.QuerySet):
    """Every filter here has an index behind it; orders and pages are in catalogue.listing.paging."""

    def in_category(self, category_id: int) -> Self:
        """Of the category or anything below it."""
        return self.filter(in_categories__category=category_id)

    def of_seller(self, seller_id: int) -> Self:
        return self.filter(seller=seller_id)

    def leave_out(self, product_ids: Iterable[int]) -> Self:
        return self.exclude(product__in=list(product_ids))

    def season_picks(self, month: int) -> Self:
        """What can be had now and not all the year round, newest first."""
        fresh = self.filter(season_months__contains=[month], season_months__len__lt=12)
        return fresh.available().order_by("-listed_at", "-product")

    def available(self) -> Self:
        return self.filter(net_stock__gt=0)

    def matching(self, query: Combinable) -> Self:
        return self.filter(Matches(query))

    def like(self, listing: models.Model) -> Self:
        """Others of the same crop that can be had, newest first."""
        others = self.filter(crop=listing.crop_id).available().exclude(pk=listing.pk)
        return others.order_by("-listed_at", "-product")

    def counted(self) -> int:
        """How many there are, COUNTED + 1 at most.

        In the order of an index: without one PostgreSQL would read the table from its start.
        """
        return self.order_by("-listed_at", "-product").values("product")[: COUNTED + 1].count()
