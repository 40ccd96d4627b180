"""Bring a price list from its files into the database; loading the same code again replaces its numbers."""

import csv
import tomllib
from pathlib import Path

from django.db import transaction

from marketplace.shipping.models import ShippingBand, ShippingRoute, ShippingTariff

DATA = Path(__file__).parent / "data"


@transaction.atomic
def load_tariff(folder: Path = DATA) -> ShippingTariff:
    """Raises KeyError or ValueError on a file that is not as README says."""
    about = tomllib.loads((folder / "tariff.toml").read_text(encoding="utf-8"))
    about["regions"] = {row["province_code"]: row["region"] for row in _rows(folder / "regions.csv")}
    about["bulky"] = {row["crop_code"]: int(row["cm3_per_kg"]) for row in _rows(folder / "bulky.csv")}
    tariff, _created = ShippingTariff.objects.update_or_create(code=about.pop("code"), defaults=about)
    tariff.routes.all().delete()
    rows = _rows(folder / "tariff.csv")
    routes = ShippingRoute.objects.bulk_create(_route(tariff, row) for row in rows)
    ShippingBand.objects.bulk_create(
        ShippingBand(route=route, up_to_grams=int(column), charge=int(charge))
        for route, row in zip(routes, rows, strict=True)
        for column, charge in row.items()
        if column.isdigit()
    )
    return tariff


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _route(tariff: ShippingTariff, row: dict[str, str]) -> ShippingRoute:
    return ShippingRoute(
        tariff=tariff,
        origin=row["origin"],
        destination=row["destination"],
        days_min=int(row["days_min"]),
        days_max=int(row["days_max"]),
        per_extra_kg=int(row["per_extra_kg"]),
    )
