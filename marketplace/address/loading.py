"""Bring the lists of provinces, communes and former names into the database; running it again changes nothing."""

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import connection, models, transaction

from catalogue.search.fold import fold
from marketplace.address.models import Commune, CommuneAlias, Country, Province

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """How many rows the source holds, and its day."""

    provinces: int
    communes: int
    aliases: int
    source_date: date


@transaction.atomic
def load_places(folder: Path = DATA) -> Loaded:
    """Insert or update every row of the lists in `folder`; rows that left the lists stay, orders point at them."""
    source_date = tomllib.loads((folder / "source.toml").read_text())["date"]
    rows = list(_rows(folder / "communes.csv"))
    provinces = {row["province_code"]: row for row in rows}
    _upsert(Country, [_vietnam()])
    _upsert(Province, [_province(row) for row in provinces.values()])
    _upsert(Commune, [_commune(row, source_date) for row in rows])
    aliases = [_alias(row) for row in _rows(folder / "commune_aliases.csv")]
    _upsert(CommuneAlias, aliases, unique=["old_ward_code", "commune"])
    _refresh_statistics()
    return Loaded(provinces=len(provinces), communes=len(rows), aliases=len(aliases), source_date=source_date)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _upsert(model: type[models.Model], rows: list, unique: list[str] | None = None) -> None:
    keys = unique or [model._meta.pk.name]
    changing = [
        field.name
        for field in model._meta.concrete_fields
        if not field.primary_key and field.name not in keys
    ]
    model._default_manager.bulk_create(
        rows, batch_size=2000, update_conflicts=True, unique_fields=keys, update_fields=changing
    )


def _refresh_statistics() -> None:
    """Until autovacuum comes by, the planner takes freshly filled tables for empty ones and joins them row by row."""
    with connection.cursor() as cursor:
        for model in (Province, Commune, CommuneAlias):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _vietnam() -> Country:
    return Country(
        iso_3166_1_a2="VN",
        iso_3166_1_a3="VNM",
        iso_3166_1_numeric="704",
        name="Cộng hòa xã hội chủ nghĩa Việt Nam",
        printable_name="Việt Nam",
        is_shipping_country=True,
    )


def _province(row: dict[str, str]) -> Province:
    return Province(code=row["province_code"], name=row["province_name"], kind=row["province_type"])


def _commune(row: dict[str, str], source_date: date) -> Commune:
    return Commune(
        code=row["code"],
        name=row["name"],
        kind=row["type"],
        province_id=row["province_code"],
        latitude=row["latitude"] or None,
        longitude=row["longitude"] or None,
        folded=fold(f"{row['name']} {row['province_name']}"),
        source_date=source_date,
    )


def _alias(row: dict[str, str]) -> CommuneAlias:
    return CommuneAlias(
        old_ward_code=row["old_ward_code"],
        old_ward=row["old_ward"],
        old_district=row["old_district"],
        old_province=row["old_province"],
        commune_id=row["new_commune_code"],
        was_divided=row["was_divided"] == "1",
        folded=fold(f"{row['old_ward']} {row['old_district']} {row['old_province']}"),
    )
