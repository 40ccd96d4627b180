"""The one door of product search: exact words, their beginnings, keystroke readings, then what is spelt alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import BigIntegerField, Case, Func, Value, When

from catalogue.listing.cards import Card, Statement, read
from catalogue.listing.filters import NO_FILTERS, Filters
from catalogue.listing.models import Listing
from catalogue.listing.paging import PAGE_SIZE, counted, cut, page
from catalogue.listing.sorts import Sort
from catalogue.search.hits import hits_statement
from catalogue.search.names import NameTable
from catalogue.search.query import Query, asked
from catalogue.search.score import relevance
from catalogue.search.vocabulary import crop_names

#: spelt-alike products that are offered
NEAR = 12


@dataclass(frozen=True)
class Results:
    """One page of what `query` found.

    `total` is exact up to COUNTED of catalogue.listing.paging. `near`: nothing has the words, these are
    spelt alike. `suggestion`: the nearest name of a crop when words were not found, else "".
    """

    query: Query
    listings: Sequence[Listing | Card]
    next_cursor: str = ""
    total: int = 0
    near: bool = False
    suggestion: str = ""


def search(
    query: Query, *, filters: Filters = NO_FILTERS, sort: Sort | None = None, cursor: str = ""
) -> Results:
    """Best matches first, or in the order of `sort`.

    One query for each attempt until one finds something; one more in a given order, or if none does.
    """
    if not query:
        return Results(query, [])
    find = partial(_sorted, sort) if sort else _ranked
    for words in query.attempts():
        found = find(query, words, filters, cursor)
        if found.listings:
            return found
    return found if cursor else _near(query, filters)


def _ranked(query: Query, words: str, filters: Filters, cursor: str) -> Results:
    shown = cut(read(_best(query, words, filters, cursor, crop_names())), PAGE_SIZE)
    return Results(query, shown.listings, shown.next_cursor, shown.listings[0].total if shown.listings else 0)


@lru_cache(maxsize=512)
def _best(query: Query, words: str, filters: Filters, cursor: str, names: NameTable) -> Statement:
    matches = filters.narrow(Listing.objects.matching(asked(words)))
    return hits_statement(matches, relevance(query, words, names), size=PAGE_SIZE + 1, cursor=cursor)


def _sorted(sort: Sort, query: Query, words: str, filters: Filters, cursor: str) -> Results:
    matches = filters.narrow(Listing.objects.matching(asked(words)))
    shown = page(matches, sort, cursor)
    return Results(query, shown.listings, shown.next_cursor, counted(matches) if shown.listings else 0)


class Near(Func):
    """Products spelt like a text, nearest first, unless a tsquery finds any; at most so many."""

    template = "(SELECT catalogue_listings_near(%(expressions)s))"
    arity = 3
    output_field = BigIntegerField()


def _near(query: Query, filters: Filters) -> Results:
    """What is spelt like the words that nothing has. Not asked if only the filters leave nothing."""
    alike = Near(Value(query.folded), asked(query.attempts()[-1]), Value(NEAR))
    near = filters.narrow(Listing.objects.filter(product__in=alike))
    names = crop_names()
    suggestion = names.nearest(query.text)
    guessed = Case(When(crop__in=names.crops_called(suggestion), then=1), default=0)
    nearness = TrigramWordSimilarity(query.folded, "folded")
    best = near.annotate(guessed=guessed, nearness=nearness).order_by("-guessed", "-nearness", "-product_id")
    listings = list(best)
    return Results(query, listings, total=len(listings), near=bool(listings), suggestion=suggestion)
