"""What every page with a list shows around it: filters, order, how many, the way on and back."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise

from catalogue.forms import FilterForm
from catalogue.listing.managers import ListingQuerySet
from catalogue.listing.options import filter_options
from catalogue.listing.paging import COUNTED, counted, page
from catalogue.listing.sorts import NEWEST, Sort

#: parameter of the address that says where the page begins
CURSOR = "sau"


@dataclass(frozen=True)
class Chosen:
    """A filter that is on, and the address without it."""

    label: str | Promise
    url: str


def browse(request: HttpRequest, listings: ListingQuerySet, newest: Sort = NEWEST) -> dict[str, Any]:
    """Context of a page of `listings` as the visitor narrowed and ordered them, else by `newest`. Two queries."""
    form = FilterForm(request.GET, filter_options())
    narrowed = form.filters.narrow(listings)
    sort = form.sort if form.sort and form.sort is not NEWEST else newest
    shown = page(narrowed, sort, request.GET.get(CURSOR, ""))
    total = counted(narrowed, newest)
    return list_context(request, form, listings=shown.listings, next_cursor=shown.next_cursor, total=total)


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
    """The address of this page with some parameters changed; an empty one is left out."""
    changed = parameters.copy()
    for name, value in changes.items():
        changed[name] = value
    kept = QueryDict(mutable=True)
    for name in changed:
        if last := changed.get(name):
            kept[name] = last
    return f"?{kept.urlencode()}" if kept else "?"


def _chosen(parameters: QueryDict, form: FilterForm) -> list[Chosen]:
    return [
        Chosen(label, address(parameters, **{name: "", CURSOR: ""})) for name, label in form.chosen_labels()
    ]
