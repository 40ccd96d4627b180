"""What a search box offers while a person is still typing."""

from dataclasses import dataclass

from catalogue.listing.models import Listing
from catalogue.search.hits import best_hits
from catalogue.search.query import FirstToMatch, Query
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
    products: list[Listing]


def suggest(query: Query) -> Suggestions:
    """One query, none before SHORTEST letters."""
    if len(query.folded) < SHORTEST:
        return Suggestions([], [])
    attempts = query.beginnings()
    matches = Listing.objects.matching(FirstToMatch(*attempts))
    hits = best_hits(matches, relevance(query, attempts), size=PRODUCTS, ranked=_RANKED)
    return Suggestions(_names(query), list(hits))


def _names(query: Query) -> list[str]:
    table = crop_names()
    found = (name for meaning in query.meanings for name in table.beginning(meaning))
    return list(dict.fromkeys(found))[:NAMES]
