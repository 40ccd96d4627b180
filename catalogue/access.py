"""The only door from an id in an address to a product that a visitor may see."""

from django.http import Http404

from catalogue.details import Details, details


def product_on_sale(pk: int) -> Details:
    """What is shown of the product; Http404 if it is not on sale."""
    found = details(pk)
    if found is None:
        raise Http404(f"No product {pk} on sale")
    return found
