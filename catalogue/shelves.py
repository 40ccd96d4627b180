"""The categories as a shopper walks them: shelves, and what stands on each. One query for all of them."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from oscar.core.loading import get_model

Category = get_model("catalogue", "Category")


@dataclass
class Shelf:
    """A category with the categories below it; `above` is its parent's, None at the top."""

    pk: int
    name: str
    slug: str
    above: "Shelf | None" = None
    below: list["Shelf"] = field(default_factory=list)

    @property
    def url(self) -> str:
        return reverse("catalogue:category", kwargs={"slug": self.slug})

    @property
    def label(self) -> str:
        """The name as a crumb."""
        return self.name


def shelves() -> list[Shelf]:
    """All public categories, parents before children."""
    rows = Category.objects.browsable().order_by("path").values("pk", "name", "slug", "path")
    by_path: dict[str, Shelf] = {}
    for row in rows:
        _place(row, by_path)
    return list(by_path.values())


def _place(row: dict[str, Any], by_path: dict[str, Shelf]) -> None:
    path = row.pop("path")
    above = by_path.get(path[: -Category.steplen])
    shelf = Shelf(**row, above=above)
    by_path[path] = shelf
    if above:
        above.below.append(shelf)
