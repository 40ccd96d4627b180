"""What lists ask of the read model."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models.expressions import Combinable

from catalogue.listing.sorts import BY_PRICE

#: columns that only the database looks into; their texts would be most of what a list reads
SEARCHED = ("folded", "document", "seller_document")
#: đồng; what has no price counts as more than this
HIGHEST_PRICE = 10**12


class Matches(models.Func):
    """vector @@ tsquery. Django's own lookup takes no expression that chooses between queries."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    arity = 2
    output_field = models.BooleanField()

    def __init__(self, query: Combinable, vector: str = "document") -> None:
        super().__init__(vector, query)


class Unweighed(models.Func):
    """The planner cannot look inside and takes it for rare.

    Of a common word it would expect enough rows at the start of the table, and read that instead of the index.
    """

    template = "(SELECT %(expressions)s)"
    arity = 1


class ListingQuerySet(models.QuerySet):
    """Every filter here has an index behind it; orders and pages are in catalogue.listing.paging."""

    def in_category(self, category_id: int) -> Self:
        """Of the category or anything below it."""
        return self.filter(in_categories__category=category_id)

    def of_seller(self, seller_id: int) -> Self:
        return self.filter(seller=seller_id)

    def leave_out(self, product_ids: Iterable[int]) -> Self:
        return self.exclude(product__in=list(product_ids))

    def in_season(self, month: int) -> Self:
        """Of crops harvested or made in `month`, 1 to 12; found by crop, along the crop's index."""
        return self.filter(crop__season_months__contains=[month])

    def season_picks(self, month: int) -> Self:
        """What can be had now and not all the year round, newest first."""
        fresh = self.in_season(month).filter(crop__season_months__len__lt=12)
        return fresh.available().order_by("-listed_at", "-product_id")

    def priced(self, lowest: int | None, highest: int | None) -> Self:
        """Between two prices of a pack in đồng, both included; never what has no price."""
        bounds = (lowest or 0, HIGHEST_PRICE if highest is None else highest)
        return self.alias(asked=BY_PRICE).filter(asked__range=bounds)

    def available(self) -> Self:
        return self.filter(net_stock__gt=0)

    def matching(self, query: Combinable) -> Self:
        return self.filter(Matches(Unweighed(query)))

    def of_sellers_called(self, query: Combinable) -> Self:
        """Of sellers with this name or place."""
        return self.filter(Matches(query, "seller_document"))

    def like(self, crop_id: int, product_id: int) -> Self:
        """Others of the crop that can be had."""
        return self.filter(crop=crop_id).available().exclude(pk=product_id)


class ListingManager(models.Manager.from_queryset(ListingQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> ListingQuerySet:
        return super().get_queryset().defer(*SEARCHED)
