"""Questions asked of products. Oscar's loader takes ProductQuerySet from here for its own Product too."""

from typing import Self

from oscar.apps.catalogue.managers import ProductQuerySet as CoreProductQuerySet


class ProductQuerySet(CoreProductQuerySet):
    def on_sale(self) -> Self:
        """What the market shows: public, of an active seller, of a crop that we know. Sold out counts."""
        return self.filter(
            is_public=True, structure="standalone", crop__isnull=False, seller__status="active"
        )

    def locked(self) -> Self:
        """Keep others from rewriting the listings of these products; foreign keys to them stay possible.

        In pk order, so that two refreshes of overlapping products wait instead of deadlocking.
        """
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))
