"""What a listing is made of, read in one query from the product, its seller, stock, place and certificates.

Sellers, places and certificates live on upper floors: they are reached through the product's relations.
"""

from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Greatest
from oscar.core.loading import get_model

from catalogue.certificates import valid_for
from marketplace.images.models import MarketImage
from marketplace.images.renditions import picture_data

#: packs that can be ordered now, of the joined stock record
LEFT = Case(
    When(stockrecords__is_paused=True, then=0),
    default=Greatest(F("stockrecords__num_in_stock") - F("stockrecords__num_allocated"), 0),
)
SELLERS_OWN = Q(stockrecords__partner=F("seller"))


def products() -> QuerySet:
    """All products. Looked up late: the product's module imports this package."""
    return get_model("catalogue", "Product").objects.all()


def read_sources(product_ids: list[int]) -> list[Any]:
    """The products among `product_ids` that are on sale, each with what its listing shows."""
    return list(
        products()
        .on_sale()
        .filter(pk__in=product_ids)
        .select_related("seller", "crop", "grade", "commune__province")
        .annotate(
            price=Max("stockrecords__price", filter=SELLERS_OWN),
            schemes=_distinct(
                "seller__certifications__scheme", filter=valid_for(F("pk"), prefix="seller__certifications__")
            ),
            former_districts=_distinct("commune__aliases__old_district"),
            former_provinces=_distinct("commune__aliases__old_province"),
            picture_id=_first_picture(),
        )
        .order_by("pk")
    )


def read_pictures(sources: list[Any]) -> dict[int, dict[str, Any]]:
    """Image id -> what the picture component needs, for the first picture of each source."""
    wanted = {source.picture_id for source in sources}
    images = MarketImage.objects.filter(pk__in=wanted).prefetch_related("renditions")
    return {image.pk: picture_data(image) for image in images}


def _distinct(path: str, **options: Any) -> ArrayAgg:
    return ArrayAgg(path, distinct=True, default=Value([]), **options)


def _first_picture() -> Subquery:
    images = get_model("catalogue", "ProductImage").objects.filter(product=OuterRef("pk"))
    return Subquery(images.order_by("display_order", "pk").values("image")[:1])
