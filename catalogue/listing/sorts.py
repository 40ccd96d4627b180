"""The orders a list can be shown in. Each is one indexed key with the product as the tie-breaker.

Products on quotation have no price: they come last in every order by price, whichever way it runs.
"""

from dataclasses import dataclass, replace

from django.db.models import BigIntegerField, F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_DEAREST = Value(2**63 - 1, output_field=BigIntegerField())
_FREE = Value(0, output_field=BigIntegerField())

BY_PRICE = Coalesce("price", _DEAREST)
BY_PRICE_DOWN = Coalesce("price", _FREE)
BY_KILOGRAM = Coalesce("price_per_kg", _DEAREST)


@dataclass(frozen=True)
class Sort:
    """`slug` stands in the address, `label` says the order in words; equal keys go by `tie`, the product."""

    slug: str
    label: str | Promise
    key: Combinable
    descending: bool
    tie: str = "product_id"


NEWEST = Sort("moi-nhat", _("Newest first"), F("listed_at"), True)
#: the same order inside one category, along the index of catalogue_listingcategory
NEWEST_ON_SHELF = replace(NEWEST, key=F("in_categories__listed_at"), tie="in_categories__listing_id")
CHEAPEST = Sort("gia-thap", _("Lowest price first"), BY_PRICE, False)
DEAREST = Sort("gia-cao", _("Highest price first"), BY_PRICE_DOWN, True)
BEST_PER_KILOGRAM = Sort("gia-ky", _("Lowest price per kilogram first"), BY_KILOGRAM, False)

SORTS = {sort.slug: sort for sort in (NEWEST, CHEAPEST, DEAREST, BEST_PER_KILOGRAM)}
