"""What is in season: crops with something on sale, each shown by its newest product's picture."""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalogue.crops import Crop
from catalogue.listing.models import Listing

#: crops in the strip
SHOWN = 12


@dataclass(frozen=True)
class SeasonCrop:
    name: str
    url: str
    #: as in picture_data()
    picture: dict[str, Any]
    note: str | Promise


def crops_of_month(month: int) -> list[SeasonCrop]:
    """Those in season in `month` (1–12), the ones with a short season first. Two queries."""
    newest = Listing.objects.available().filter(crop=OuterRef("pk")).order_by("-listed_at", "-pk")
    crops = (
        Crop.objects.filter(season_months__contains=[month], category__isnull=False)
        .annotate(newest=Subquery(newest.values("pk")[:1]))
        .filter(newest__isnull=False)
        .select_related("category")
        .order_by("season_months__len", "position")[:SHOWN]
    )
    listings = Listing.objects.in_bulk([crop.newest for crop in crops])
    return [_shown(crop, listings[crop.newest]) for crop in crops if crop.newest in listings]


def _shown(crop: Crop, listing: Listing) -> SeasonCrop:
    return SeasonCrop(
        name=crop.name,
        url=reverse("catalogue:category", args=[crop.category.slug]),
        picture=listing.picture,
        note="" if crop.is_seasonal else _("all year"),
    )
