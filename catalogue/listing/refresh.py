"""Keeps the read model true. Called on commit by every writer of a product, its seller, stock or certificates."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import translation

from catalogue.crops import SaleMode
from catalogue.listing.categories import write_categories
from catalogue.listing.document import search_vector, words_vector
from catalogue.listing.models import Listing
from catalogue.listing.sources import LEFT, SELLERS_OWN, products, read_pictures, read_sources
from catalogue.money import grams
from catalogue.search.fold import fold
from marketplace.pagecache import services as pagecache

#: products rewritten in one transaction where there may be many
BATCH = 500

#: what a refresh writes besides the stock, which has a statement of its own
_WRITTEN = [
    field.name
    for field in Listing._meta.concrete_fields
    if not (field.primary_key or field.generated or field.name == "net_stock")
]


def refresh_on_commit(product_ids: Iterable[int]) -> None:
    """Refresh once the current transaction has committed; a failure is logged, not raised.

    What was committed stands whatever becomes of its listing; the nightly repair catches up.
    """
    transaction.on_commit(partial(refresh_listings, list(product_ids)), robust=True)


def refresh_listings(product_ids: Iterable[int]) -> None:
    """Write the listings of these products anew; those no longer on sale lose theirs.

    Set-based: eight statements for one product as for five hundred. Refreshes of the same product wait for
    each other, so the last one to run has read everything that was committed before it was asked for.
    """
    wanted = sorted(set(product_ids))
    if not wanted:
        return
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        list(products().filter(pk__in=wanted).locked().values_list("pk"))
        sources = read_sources(wanted)
        on_sale = [source.pk for source in sources]
        Listing.objects.filter(pk__in=set(wanted) - set(on_sale)).delete()
        _write(sources)
        _write_stock(on_sale)
        write_categories(on_sale)
        pagecache.bump()


def refresh_stock(product_ids: Iterable[int]) -> None:
    """Only the stock count and state: what an order changes. Two statements."""
    wanted = sorted(set(product_ids))
    with transaction.atomic():
        list(products().filter(pk__in=wanted).locked().values_list("pk"))
        _write_stock(wanted)
        pagecache.bump()


def refresh_after(product_id: int) -> int | None:
    """Repair the listings of the next BATCH products behind `product_id`; the last of them, None at the end."""
    ids = list(products().filter(pk__gt=product_id).order_by("pk").values_list("pk", flat=True)[:BATCH])
    refresh_listings(ids)
    return ids[-1] if ids else None


def crop_changed(payload: dict[str, Any]) -> None:
    """Outbox handler; `payload` is {"crop": pk}, whose names and category its listings repeat."""
    ids = products().filter(crop=payload["crop"]).order_by("pk").values_list("pk", flat=True)
    for batch in _batches(list(ids)):
        refresh_listings(batch)


def picture_ready(payload: dict[str, Any]) -> None:
    """Outbox handler; `payload` is {"image": pk}, whose renditions cards, stories and farms can show now."""
    refresh_listings(products().filter(images__image=payload["image"]).values_list("pk", flat=True))
    pagecache.bump()


def _batches(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _write(sources: list[Any]) -> None:
    pictures = read_pictures(sources)
    Listing.objects.bulk_create(
        [_listing(source, pictures.get(source.picture_id, {})) for source in sources],
        update_conflicts=True,
        unique_fields=["product"],
        update_fields=_WRITTEN,
    )


def _listing(product: Any, picture: dict[str, Any]) -> Listing:
    commune, grade = product.commune, product.grade.code if product.grade else ""
    price = None if product.sale_mode == SaleMode.QUOTE or product.price is None else int(product.price)
    seller = [product.seller.name, *([commune.name, commune.province.name] if commune else [])]
    former_places = [place for place in (*product.former_districts, *product.former_provinces) if place]
    names = [product.crop.name, *product.crop.other_names]
    return Listing(
        product_id=product.pk,
        title=product.title,
        url=product.get_absolute_url(),
        sale_mode=product.sale_mode,
        price=price,
        price_per_kg=per_kilogram(price, product.pack_grams),
        pack_label=product.pack_label or grams(product.pack_grams),
        seller_id=product.seller_id,
        seller_name=product.seller.name,
        seller_url=reverse("farm", kwargs={"code": product.seller.code}),
        crop_id=product.crop_id,
        grade_code=grade,
        commune_code=commune.code if commune else "",
        commune_name=commune.name if commune else "",
        certificates=product.schemes,
        picture=picture,
        listed_at=product.date_created,
        folded=fold(" ".join([product.title, *names])),
        document=search_vector(
            title=product.title,
            crop=names,
            facts=[grade, *seller],
            former_places=former_places,
        ),
        seller_document=words_vector([*seller, *former_places]),
    )


def per_kilogram(price: int | None, pack_grams: int) -> int | None:
    """Whole đồng for one kilogram, rounded half up."""
    return None if price is None else (2000 * price + pack_grams) // (2 * pack_grams)


def _write_stock(product_ids: list[int]) -> None:
    left = products().filter(SELLERS_OWN, pk=OuterRef("pk")).values(left=LEFT)[:1]
    Listing.objects.filter(pk__in=product_ids).update(net_stock=Coalesce(Subquery(left), 0))
