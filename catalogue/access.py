"""The only door from an id in an address to a product that a visitor may see."""

from django.http import Http404

from catalogue.listing.managers import SEARCHED
from catalogue.listing.models import Listing
from catalogue.products import Product

#: what a product's page shows; anything else would be read when it is asked for
SHOWN = (
    *("slug", "description", "pack_grams", "harvest_month"),
    *("crop__code", "crop__name", "crop__grade_standard", "crop__keeps_days", "crop__season_months"),
    *("seller__kind", "commune__name", "commune__province__name"),
    *(f"listing__{field.name}" for field in Listing._meta.concrete_fields if field.name not in SEARCHED),
)


def product_on_sale(pk: int) -> Product:
    """The product with its listing, seller, crop and place; Http404 if it is not on sale."""
    found = (
        Product.objects.on_sale()
        .select_related("listing", "seller", "crop", "commune__province")
        .only(*SHOWN)
        .filter(pk=pk, listing__isnull=False)
        .order_by()
        .first()
    )
    if found is None:
        raise Http404(f"No product {pk} on sale")
    return found
