"""Load regions and a tariff from files, again and again with the same result."""

import csv
from datetime import date
from pathlib import Path

from django.db import transaction

from .models import Band, Region, Route, Tariff

DATA = Path(__file__).parent / "data"


@transaction.atomic
def load_regions(path: Path = DATA / "regions.csv") -> int:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        region, _ = Region.objects.update_or_create(code=row["region"], defaults={"name": row["name"]})
        region.provinces.set(row["provinces"].split("|"))
    return len(rows)


@transaction.atomic
def load_tariff(path: Path, *, name: str, valid_from: date, source: str) -> Tariff:
    """Replace the tariff that begins on `valid_from`. Columns "… g" are the bands, in rising order."""
    tariff, _ = Tariff.objects.update_or_create(
        valid_from=valid_from, defaults={"name": name, "source": source}
    )
    tariff.routes.all().delete()
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            route = Route.objects.create(
                tariff=tariff,
                origin_id=row["origin"],
                destination_id=row["destination"],
                days_min=int(row["days_min"]),
                days_max=int(row["days_max"]),
                extra_per_kg=int(row["each further kg"]),
            )
            Band.objects.bulk_create(
                Band(route=route, max_grams=int(column.removesuffix(" g")), charge=int(charge))
                for column, charge in row.items()
                if column.endswith(" g")
            )
    return tariff
