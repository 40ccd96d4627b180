"""The only door from an id in an address to a product that a visitor may see."""

from django.http import Http404

from catalogue.listing.managers import SEARCHED
from catalogue.products import Product


def product_on_sale(pk: int) -> Product:
    """The product with its listing, seller, crop and place; Http404 if it is not on sale."""
    found = (
        Product.objects.on_sale()
        .select_related("listing", "seller", "crop", "grade", "commune__province")
        .defer(*(f"listing__{column}" for column in SEARCHED))
        .filter(pk=pk, listing__isnull=False)
        .first()
    )
    if found is None:
        raise Http404(f"No product {pk} on sale")
    return found
