"""Loads catalogue/data/*.csv: the crops, their grades and the categories that show them. Repeatable."""

import csv
from pathlib import Path
from typing import Any

from django.db import transaction
from oscar.core.loading import get_model

from catalogue.crops import Crop, Grade
from catalogue.search.fold import slugify_vi

Category = get_model("catalogue", "Category")

DATA = Path(__file__).parent / "data"


def load_crops() -> int:
    """Create or refresh every crop of crops.csv with its grades and category; the number of crops.

    What staff added by hand (another crop, a grade, a category) stays.
    """
    with transaction.atomic():
        shelves = {row["code"]: _category(row["name_vi"]) for row in _rows("groups.csv")}
        rows = _rows("crops.csv")
        for position, row in enumerate(rows):
            _load(row, position, shelves[row["group"]])
    return len(rows)


def months(text: str) -> list[int]:
    """ "2-4" -> [2, 3, 4]; "10-1" passes the new year; "all" is the whole year.

    Raises ValueError on anything else.
    """
    if text == "all":
        return list(range(1, 13))
    first, last = (int(month) for month in text.split("-"))
    if not (1 <= first <= 12 and 1 <= last <= 12):
        raise ValueError(f"no such season: {text}")
    return [(first - 1 + i) % 12 + 1 for i in range((last - first) % 12 + 1)]


def _load(row: dict[str, str], position: int, shelf: Any) -> None:
    crop, _ = Crop.objects.update_or_create(
        code=row["code"],
        defaults={
            "name": row["name_vi"],
            "other_names": _parts(row["other_names"]),
            "name_en": row["name_en"],
            "group": row["group"],
            "sale_modes": _parts(row["sale_mode"]),
            "season_months": months(row["season_months"]),
            "keeps_days": int(row["keeps_days"]),
            "usual_packs": _parts(row["usual_packs"]),
            "grade_standard": row["grade_standard"],
            "confirmed": _parts(row["confirmed"]),
            "category": _category(row["name_vi"], shelf),
            "position": position,
        },
    )
    for place, code in enumerate(_parts(row["grades"])):
        Grade.objects.update_or_create(crop=crop, code=code, defaults={"position": place})


def _category(name: str, parent: Any = None) -> Any:
    siblings = parent.get_children() if parent else Category.get_root_nodes()
    found = siblings.filter(slug=slugify_vi(name)).first()
    if found:
        return found
    fields = {"name": name, "slug": slugify_vi(name)}
    return parent.add_child(**fields) if parent else Category.add_root(**fields)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _parts(cell: str) -> list[str]:
    return [part for part in cell.split("|") if part]
