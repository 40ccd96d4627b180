"""Sellers that a query names, by their own name or by where they grow."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from catalogue.listing.cards import Statement, rows
from catalogue.listing.models import Listing
from catalogue.search.query import all_words
from marketplace.pagecache.memory import remembered, unchanged

#: listings that are looked through; a seller has a few dozen
_LOOKED_AT = 200
SHOWN = 4


@dataclass(frozen=True)
class Seller:
    name: str
    url: str
    place: str


@remembered(unchanged)
def sellers_called(folded: str) -> list[Seller]:
    """Sellers with something on sale, found by the name and place that their listings carry. One query."""
    return _first_of_each(Seller(*row) for row in rows(_statement(folded)))


@lru_cache(maxsize=512)
def _statement(folded: str) -> Statement:
    theirs = Listing.objects.of_sellers_called(all_words(folded))
    shown = theirs.values_list("seller_name", "seller_url", "commune_name")[:_LOOKED_AT]
    return shown.query.sql_with_params()


def _first_of_each(found: Iterable[Seller]) -> list[Seller]:
    by_url: dict[str, Seller] = {}
    for seller in found:
        by_url.setdefault(seller.url, seller)
    return list(by_url.values())[:SHOWN]
