"""What a seller changes in the stall."""

from typing import Any

from django.db import transaction

from catalogue.listing.refresh import refresh_on_commit
from catalogue.models import Product, ProductImage
from farmers.partner.models import Partner, StockRecord
from farmers.partner.stock import change_stock
from farmers.workspace.product_form import OWN, sale_mode_of
from marketplace.images.models import MarketImage


def save_product(
    *,
    stall: Partner,
    product: Product | None,
    values: dict[str, Any],
    more_packs: int,
    images: list[MarketImage],
) -> Product:
    """Write a product with its price (đồng) and photos, and put `more_packs` (or fewer) on the shelf.

    `values` are the cleaned data of ProductForm. The listing follows on commit.
    """
    with transaction.atomic():
        product = product or Product(seller=stall)
        for name in OWN:
            setattr(product, name, values[name])
        product.grade = values["grade"] or None
        product.sale_mode = sale_mode_of(values["crop"])
        product.save()
        record = _save_price(stall, product, values["price"])
        change_stock(record.pk, by=more_packs)
        _save_images(product, images)
        refresh_on_commit([product.pk])
    return product


def _save_price(stall: Partner, product: Product, price: int | None) -> StockRecord:
    """Oscar wants a SKU, unique per seller; farmers have none, so the product's id is one."""
    record: StockRecord = StockRecord.objects.update_or_create(
        product=product,
        partner=stall,
        defaults={"price": price},
        create_defaults={"price": price, "partner_sku": str(product.pk)},
    )[0]
    return record


def _save_images(product: Product, images: list[MarketImage]) -> None:
    rows = {row.image_id: row for row in product.images.all()}
    for position, image in enumerate(images):
        row = rows.pop(image.pk, None) or ProductImage(product=product, image=image)
        if row.pk is None or row.display_order != position:
            row.display_order = position
            row.save()
    for row in rows.values():
        row.delete()
