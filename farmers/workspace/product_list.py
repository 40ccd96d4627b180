"""The products of one stall as its list shows them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from catalogue.listing.refresh import per_kilogram
from catalogue.models import Product, ProductImage
from catalogue.money import grams
from marketplace.images.renditions import picture_data


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductRow:
    """`price` and `price_per_kg` are whole đồng, counts are packs."""

    pk: int
    title: str
    url: str
    picture: dict[str, Any]
    pack: str
    price: int | None
    price_per_kg: int | None
    left: int
    #: packs that orders hold, besides those left
    held: int
    is_paused: bool
    is_public: bool

    @property
    def anchor(self) -> str:
        return anchor_of(self.pk)


def anchor_of(pk: int) -> str:
    """The id of a product's row, for the address that leads back to it."""
    return f"p{pk}"


def product_rows(products: QuerySet[Product]) -> list[ProductRow]:
    """Four queries, however many products; the newest first."""
    first_images = ProductImage.objects.filter(display_order=0).select_related("image")
    products = products.prefetch_related(
        "stockrecords", Prefetch("images", first_images.prefetch_related("image__renditions"))
    )
    return [_row(product) for product in products.order_by("-date_created", "-pk")]


def _row(product: Product) -> ProductRow:
    record = next(iter(product.stockrecords.all()), None)
    images = list(product.images.all())
    price = int(record.price) if record and record.price is not None else None
    return ProductRow(
        pk=product.pk,
        title=product.title,
        url=product.get_absolute_url(),
        picture=picture_data(images[0].image) if images else {},
        pack=product.pack_label or grams(product.pack_grams),
        price=price,
        price_per_kg=per_kilogram(price, product.pack_grams),
        left=record.net_stock_level if record else 0,
        held=record.num_allocated if record else 0,
        is_paused=bool(record and record.is_paused),
        is_public=product.is_public,
    )
