"""Files listings under every category they belong to and all categories above those."""

from django.db import connection

# A product belongs to the category of its crop and to those that staff put it in; an ancestor's treebeard
# path is the beginning of its descendants' paths.
_FILE = """
WITH wanted AS (
    SELECT DISTINCT listing.product_id AS listing_id, above.id AS category_id, listing.listed_at
    FROM catalogue_listing listing
    JOIN catalogue_crop crop ON crop.id = listing.crop_id
    LEFT JOIN catalogue_productcategory put ON put.product_id = listing.product_id
    JOIN catalogue_category own ON own.id IN (crop.category_id, put.category_id)
    JOIN catalogue_category above ON starts_with(own.path, above.path)
    WHERE listing.product_id = ANY(%(products)s)
), gone AS (
    DELETE FROM catalogue_listingcategory filed
    WHERE filed.listing_id = ANY(%(products)s) AND NOT EXISTS (
        SELECT FROM wanted
        WHERE wanted.listing_id = filed.listing_id AND wanted.category_id = filed.category_id
    )
)
INSERT INTO catalogue_listingcategory (listing_id, category_id, listed_at)
SELECT listing_id, category_id, listed_at FROM wanted
ON CONFLICT (listing_id, category_id) DO UPDATE SET listed_at = excluded.listed_at
WHERE catalogue_listingcategory.listed_at <> excluded.listed_at
"""


def write_categories(product_ids: list[int]) -> None:
    """One statement for all of `product_ids`, whose listings are written already."""
    with connection.cursor() as cursor:
        cursor.execute(_FILE, {"products": product_ids})
