"""What every page with a list shows around it: filters, order, how many, the way on and back."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise

from catalogue.forms import FilterForm, filter_form
from catalogue.listing.cards import Statement, read
from catalogue.listing.filters import Filters
from catalogue.listing.managers import ListingQuerySet
from catalogue.listing.models import Listing
from catalogue.listing.options import filter_options
from catalogue.listing.paging import COUNTED, PAGE_SIZE, counted, cut, page_statement
from catalogue.listing.sorts import NEWEST, NEWEST_ON_SHELF, Sort
from catalogue.shelves import Shelf
from marketplace.pagecache.memory import remembered, unchanged

#: parameter of the address that says where the page begins
CURSOR = "sau"
#: all that a page with a list reads from its address, in the order that its links have
PARAMETERS = ("q", *FilterForm.base_fields, CURSOR)


@dataclass(frozen=True)
class Chosen:
    """A filter that is on, and the address without it."""

    label: str | Promise
    url: str


def browse(request: HttpRequest, shelf: Shelf | None = None) -> dict[str, Any]:
    """Context of a page of what stands on `shelf`, or of everything, as the visitor narrowed and ordered it.

    One query, two where nobody has counted these since the last change.
    """
    form = filter_form(request.GET, filter_options())
    category = shelf.pk if shelf else None
    statement = _statement(category, form.filters, form.sort, request.GET.get(CURSOR, ""))
    shown = cut(read(statement), PAGE_SIZE)
    total = _total(category, form.filters)
    return list_context(request, form, listings=shown.listings, next_cursor=shown.next_cursor, total=total)


def _narrowed(category: int | None, filters: Filters) -> ListingQuerySet:
    return filters.narrow(Listing.objects.in_category(category) if category else Listing.objects.all())


@lru_cache(maxsize=512)
def _statement(category: int | None, filters: Filters, sort: Sort | None, cursor: str) -> Statement:
    """Putting the SQL together takes Django longer than PostgreSQL takes to answer it."""
    if sort in (None, NEWEST):
        sort = NEWEST_ON_SHELF if category else NEWEST
    return page_statement(_narrowed(category, filters), sort, cursor)


@remembered(unchanged)
def _total(category: int | None, filters: Filters) -> int:
    return counted(_narrowed(category, filters), NEWEST_ON_SHELF if category else NEWEST)


def list_context(
    request: HttpRequest, form: FilterForm, *, listings: Any, next_cursor: str, total: int
) -> dict[str, Any]:
    return {
        "form": form,
        "listings": listings,
        "total": min(total, COUNTED),
        "more_than_counted": total > COUNTED,
        "next_url": address(request.GET, **{CURSOR: next_cursor}) if next_cursor else "",
        "first_url": address(request.GET, **{CURSOR: ""}) if request.GET.get(CURSOR) else "",
        "chosen": _chosen(request.GET, form),
        "clear_url": address(request.GET, **dict.fromkeys((CURSOR, *form.fields), "")),
    }


def address(parameters: QueryDict, **changes: str) -> str:
    """The address of this page with some parameters changed; an empty one or a stranger's is left out."""
    changed = {**parameters.dict(), **changes}
    return f"?{urlencode([(name, changed[name]) for name in PARAMETERS if changed.get(name)])}"


def _chosen(parameters: QueryDict, form: FilterForm) -> list[Chosen]:
    return [
        Chosen(label, address(parameters, **{name: "", CURSOR: ""})) for name, label in form.chosen_labels()
    ]
