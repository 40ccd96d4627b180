"""All that the page of a product shows, read by one statement as plain columns."""

import datetime
import json
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from oscar.core.loading import get_model

from marketplace.images.renditions import picture_of

_LARGEST = 2**63 - 1

# Django would put together five statements and 20 models for the same page. Whether it is on sale is
# ProductQuerySet.on_sale, which certificates count is certificates.valid_for. The place is asked
# for beside, not joined: PostgreSQL plans six tables at once half as long again as four.
_STATEMENT = """
SELECT p.id, p.slug, l.url, l.title, p.description, l.price, l.price_per_kg, l.pack_label, p.pack_grams,
    l.net_stock, l.stock, l.sale_mode, l.grade_code, p.harvest_month, l.seller_name, l.seller_url, s.kind,
    l.commune_name, coalesce((SELECT m.name || ', ' || v.name FROM address_commune m
        JOIN address_province v ON v.code = m.province_id WHERE m.code = p.commune_id), ''),
    p.crop_id, c.code, c.name, c.grade_standard,
    c.keeps_days, CASE WHEN cardinality(c.season_months) < 12 THEN array_to_string(c.season_months, ', ')
        ELSE '' END,
    (SELECT json_agg(json_build_array(i.title, i.width, i.height, ARRAY(
            SELECT json_build_array(r.filter_spec, r.file) FROM images_rendition r WHERE r.image_id = i.id
        )) ORDER BY shown.display_order, shown.id)::text
        FROM catalogue_productimage shown JOIN images_marketimage i ON i.id = shown.image_id
        WHERE shown.product_id = p.id),
    (SELECT json_agg(json_build_object('scheme', f.scheme, 'number', f.number, 'issuer', f.issuer,
            'until', to_char(f.expires_on, 'DD/MM/YYYY')) ORDER BY f.scheme, f.number)::text
        FROM farmers_certification f WHERE f.partner_id = p.seller_id
        AND (f.product_id IS NULL OR f.product_id = p.id)
        AND f.verified_at IS NOT NULL AND f.expires_on >= %s)
FROM catalogue_product p
JOIN catalogue_listing l ON l.product_id = p.id
JOIN partner_partner s ON s.id = p.seller_id AND s.status = 'active'
JOIN catalogue_crop c ON c.id = p.crop_id
WHERE p.id = %s AND p.is_public AND p.structure = 'standalone'
"""


class Details(NamedTuple):
    """A product on sale, in the order of the statement; prices in whole đồng. Equal ones make the same page."""

    pk: int
    slug: str
    url: str
    title: str
    description: str
    price: int | None
    price_per_kg: int | None
    pack_label: str
    pack_grams: int
    net_stock: int
    stock: str
    sale_mode: str
    grade_code: str
    harvest_month: datetime.date | None
    seller_name: str
    seller_url: str
    seller_kind: str
    commune_name: str
    #: commune and province where it grew
    place: str
    crop_id: int
    crop_code: str
    crop_name: str
    grade_standard: str
    keeps_days: int
    #: numbers of months, "" when it is had the whole year
    season: str
    #: JSON as the database has it: read only where the page is drawn
    pictures_json: str | None
    certificates_json: str | None

    @property
    def is_for_sale(self) -> bool:
        """As Listing.is_for_sale."""
        return self.sale_mode == "parcel" and self.price is not None and self.net_stock > 0

    @property
    def seller_kind_label(self) -> str | Promise:
        label: str | Promise = get_model("partner", "Partner").Kind(self.seller_kind).label
        return label

    @property
    def pictures(self) -> list[dict[str, Any]]:
        """Data of every picture in its order, for the picture component."""
        return [picture_of(*facts) for facts in json.loads(self.pictures_json or "[]")]

    @property
    def certificates(self) -> list[dict[str, str]]:
        """Those that cover the product today: scheme, number, issuer, until."""
        found: list[dict[str, str]] = json.loads(self.certificates_json or "[]")
        return found


def details(pk: int) -> Details | None:
    """The product if it is on sale."""
    if pk > _LARGEST:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, (timezone.localdate(), pk))
        row = cursor.fetchone()
    return Details(*row) if row else None
