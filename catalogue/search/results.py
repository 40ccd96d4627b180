"""The one door of product search: exact words, their beginnings, keystroke readings, then what is spelt alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Exists
from django.db.models.expressions import RawSQL

from catalogue.listing.filters import NO_FILTERS, Filters
from catalogue.listing.models import Listing
from catalogue.listing.paging import PAGE_SIZE, cut, page
from catalogue.listing.sorts import Sort
from catalogue.search.hits import best_hits
from catalogue.search.query import Query
from catalogue.search.score import relevance
from catalogue.search.vocabulary import crop_names

#: spelt-alike products that are offered
NEAR = 12


@dataclass(frozen=True)
class Results:
    """One page of what `query` found.

    `total` is exact up to COUNTED of catalogue.listing.managers. `near`: nothing has the words, these are
    spelt alike. `suggestion`: the nearest name of a crop when words were not found, else "".
    """

    query: Query
    listings: Sequence[Listing]
    next_cursor: str = ""
    total: int = 0
    near: bool = False
    suggestion: str = ""


def search(
    query: Query, *, filters: Filters = NO_FILTERS, sort: Sort | None = None, cursor: str = ""
) -> Results:
    """Best matches first, or in the order of `sort`. One query, two in a given order or if nothing is found."""
    if not query:
        return Results(query, [])
    found = _sorted(query, filters, sort, cursor) if sort else _ranked(query, filters, cursor)
    return found if found.listings or cursor else _near(query, filters)


def _ranked(query: Query, filters: Filters, cursor: str) -> Results:
    match = query.match()
    matches = filters.narrow(Listing.objects.matching(match))
    hits = best_hits(matches, relevance(query, match), size=PAGE_SIZE + 1, cursor=cursor)
    shown = cut(list(hits), PAGE_SIZE)
    return Results(query, shown.listings, shown.next_cursor, shown.listings[0].total if shown.listings else 0)


def _sorted(query: Query, filters: Filters, sort: Sort, cursor: str) -> Results:
    matches = filters.narrow(Listing.objects.matching(query.match()))
    shown = page(matches, sort, cursor)
    total = matches.counted() if shown.next_cursor or cursor else len(shown.listings)
    return Results(query, shown.listings, shown.next_cursor, total)


def _near(query: Query, filters: Filters) -> Results:
    """What is spelt like the words that nothing has. Not asked if only the filters leave nothing."""
    none_has_the_words = ~Exists(Listing.objects.matching(query.match()))
    alike = RawSQL("SELECT catalogue_listings_near(%s, %s)", [query.folded, NEAR])
    near = filters.narrow(Listing.objects.filter(none_has_the_words, product__in=alike))
    nearness = TrigramWordSimilarity(query.folded, "folded")
    listings = list(near.annotate(nearness=nearness).order_by("-nearness", "-product"))
    suggestion = crop_names().nearest(query.text)
    return Results(query, listings, total=len(listings), near=bool(listings), suggestion=suggestion)
