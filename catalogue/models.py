"""What is sold: crops as data, products that belong to one, and the read model behind every list."""

from catalogue.crops import Crop, Grade
from catalogue.listing.models import Listing, ListingCategory
from catalogue.products import Product, ProductImage

from oscar.apps.catalogue.models import *  # noqa: F403  isort: skip  Oscar's rest, after our own

__all__ = ["Crop", "Grade", "Listing", "ListingCategory", "Product", "ProductImage"]
