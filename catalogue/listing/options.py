"""What a list can be narrowed by: only crops and communes that something on sale belongs to."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef

from catalogue.crops import Crop
from catalogue.listing.models import Listing
from marketplace.pagecache.memory import for_seconds, remembered

#: seconds until a crop or commune that is on sale for the first time can be chosen
KEPT = 600


@dataclass(frozen=True)
class CropOption:
    pk: int
    code: str
    name: str
    grades: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class FilterOptions:
    """`communes` are (code, name) pairs by name. One object is told from another, not compared word by word."""

    crops: tuple[CropOption, ...]
    communes: tuple[tuple[str, str], ...]

    def crop(self, code: str) -> CropOption | None:
        return next((crop for crop in self.crops if crop.code == code), None)


@remembered(for_seconds(KEPT))
def filter_options() -> FilterOptions:
    on_sale = Exists(Listing.objects.filter(crop=OuterRef("pk")))
    crops = Crop.objects.filter(on_sale).prefetch_related("grades")
    return FilterOptions(
        tuple(CropOption(c.pk, c.code, c.name, tuple(g.code for g in c.grades.all())) for c in crops),
        tuple(_communes()),
    )


# DISTINCT would read the whole table; this hops along the index from one commune to the next.
_COMMUNES = """
WITH RECURSIVE place(code, name) AS (
    (SELECT commune_code, commune_name FROM catalogue_listing ORDER BY commune_code LIMIT 1)
    UNION ALL
    SELECT next.commune_code, next.commune_name FROM place CROSS JOIN LATERAL (
        SELECT commune_code, commune_name FROM catalogue_listing
        WHERE commune_code > place.code ORDER BY commune_code LIMIT 1
    ) next
)
SELECT code, name FROM place WHERE code <> '' ORDER BY name
"""


def _communes() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_COMMUNES)
        return cursor.fetchall()
