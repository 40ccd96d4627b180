"""What a search box offers while a person is still typing."""

from dataclasses import dataclass
from functools import lru_cache

from catalogue.listing.cards import Card, Statement, read
from catalogue.listing.models import Listing
from catalogue.search.hits import hits_statement
from catalogue.search.names import NameTable
from catalogue.search.query import Query, asked
from catalogue.search.score import relevance
from catalogue.search.vocabulary import crop_names

NAMES = 3
PRODUCTS = 5
#: letters before which half the market would match
SHORTEST = 2
#: hits that are looked at: a beginning matches much, and the person types on
_RANKED = 200


@dataclass(frozen=True)
class Suggestions:
    """`names` of crops to search for, and `products` to go to at once."""

    names: list[str]
    products: list[Card]


def suggest(query: Query) -> Suggestions:
    """One query, none before SHORTEST letters."""
    if len(query.folded) < SHORTEST:
        return Suggestions([], [])
    names = crop_names()
    return Suggestions(_names(query, names), read(_statement(query, names)))


@lru_cache(maxsize=512)
def _statement(query: Query, names: NameTable) -> Statement:
    words = query.beginning()
    matches = Listing.objects.matching(asked(words))
    return hits_statement(matches, relevance(query, words, names), size=PRODUCTS, ranked=_RANKED)


def _names(query: Query, table: NameTable) -> list[str]:
    found = (name for meaning in query.meanings for name in table.beginning(meaning))
    return list(dict.fromkeys(found))[:NAMES]
