"""The categories as a shopper walks them: shelves, and what stands on each. One query for all of them."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from oscar.core.loading import get_model

from marketplace.pagecache.memory import remembered, unchanged

Category = get_model("catalogue", "Category")


@dataclass(eq=False)
class Shelf:
    """A category with the categories below it; `above` is its parent's, None at the top.

    One object is told from another, not compared: a new one is made when a category may have changed.
    """

    pk: int
    name: str
    slug: str
    url: str
    above: "Shelf | None" = None
    below: list["Shelf"] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The name as a crumb."""
        return self.name


def shelves() -> list[Shelf]:
    """All public categories, parents before children; kept until something that is sold changes."""
    return _shelves(get_language())


@remembered(unchanged)
def _shelves(language: str | None) -> list[Shelf]:
    """With their addresses in `language`, the one that is on."""
    rows = Category.objects.browsable().order_by("path").values("pk", "name", "slug", "path")
    by_path: dict[str, Shelf] = {}
    for row in rows:
        _place(row, by_path)
    return list(by_path.values())


def _place(row: dict[str, Any], by_path: dict[str, Shelf]) -> None:
    path = row.pop("path")
    above = by_path.get(path[: -Category.steplen])
    url = reverse("catalogue:category", kwargs={"slug": row["slug"]})
    shelf = Shelf(**row, url=url, above=above)
    by_path[path] = shelf
    if above:
        above.below.append(shelf)
