"""The one door of product search: exact words, their beginnings, keystroke readings, then what is spelt alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchRank, TrigramWordSimilarity
from django.db.models import Case, Exists, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Cast

from catalogue.listing.filters import NO_FILTERS, Filters
from catalogue.listing.models import Listing
from catalogue.listing.paging import PAGE_SIZE, cut, decode, page
from catalogue.listing.sorts import Sort
from catalogue.search.query import Query
from catalogue.search.vocabulary import crop_names

#: hits that are ranked; a query that finds more is too vague for rank to matter
RANKED = 1000
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
    if found.listings or cursor:
        return found
    return _near(query, filters)


def _sorted(query: Query, filters: Filters, sort: Sort, cursor: str) -> Results:
    matches = filters.narrow(Listing.objects.matching(query.match()))
    shown = page(matches, sort, cursor)
    total = matches.counted() if shown.next_cursor or cursor else len(shown.listings)
    return Results(query, shown.listings, shown.next_cursor, total)


_PAGE_OF_HITS = """
WITH hits AS MATERIALIZED ({hits})
SELECT listing.*, best.sort_key, (SELECT count(*) FROM hits) AS total
FROM (
    SELECT * FROM hits WHERE (sort_key, product_id) < (%s, %s)
    ORDER BY sort_key DESC, product_id DESC LIMIT %s
) best
JOIN catalogue_listing listing USING (product_id)
ORDER BY best.sort_key DESC, listing.product_id DESC
"""


def _ranked(query: Query, filters: Filters, cursor: str) -> Results:
    """The hits are capped before they are ranked, and only the rows of one page are read whole."""
    matches = filters.narrow(Listing.objects.matching(query.match()))
    hits, params = matches.values("product", sort_key=_score(query))[:RANKED].query.sql_with_params()
    position = decode(cursor) or (2**31, 0)
    rows = Listing.objects.raw(_PAGE_OF_HITS.format(hits=hits), [*params, *position, PAGE_SIZE + 1])
    shown = cut(list(rows), PAGE_SIZE)
    return Results(query, shown.listings, shown.next_cursor, shown.listings[0].total if shown.listings else 0)


def _score(query: Query) -> Combinable:
    """Marks as typed, then a crop called so, then a title that begins so, then what is in stock, then rank."""
    called = crop_names().crops_called(query.text)
    steps = [(8, Q(document=marked))] if (marked := query.as_written()) else []
    steps += [(4, Q(crop__in=called)), (2, Q(folded__startswith=query.folded)), (1, Q(net_stock__gt=0))]
    score = sum((_worth(points, condition) for points, condition in steps), Value(0))
    return 1000 * score + Cast(999 * SearchRank("document", query.match()), IntegerField())


def _worth(points: int, condition: Q) -> Case:
    return Case(When(condition, then=points), default=0)


def _near(query: Query, filters: Filters) -> Results:
    """What is spelt like the words that nothing has. Not asked if only the filters leave nothing."""
    none_has_the_words = ~Exists(Listing.objects.matching(query.match()))
    alike = RawSQL("SELECT catalogue_listings_near(%s, %s)", [query.folded, NEAR])
    near = filters.narrow(Listing.objects.filter(none_has_the_words, product__in=alike))
    nearness = TrigramWordSimilarity(query.folded, "folded")
    listings = list(near.annotate(nearness=nearness).order_by("-nearness", "-product"))
    suggestion = crop_names().nearest(query.text)
    return Results(query, listings, total=len(listings), near=bool(listings), suggestion=suggestion)
