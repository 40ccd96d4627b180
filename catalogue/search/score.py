"""What comes first: an integer per listing, from what the words are worth where they stand."""

from functools import reduce
from operator import or_

from django.contrib.postgres.search import SearchRank
from django.db.models import Case, F, IntegerField, Q, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from catalogue.listing.managers import Matches
from catalogue.search.fold import fold
from catalogue.search.names import NameTable
from catalogue.search.query import Query, asked


def relevance(query: Query, words: str, names: NameTable) -> Combinable:
    """Marks as typed, then a crop called so, then a title that begins so, then what is in stock, then rank.

    A title that begins so has no rank: it could only be better in what is no longer its title, and ranking is
    the dearest part of a search.
    """
    called = [crop for meaning in query.meanings for crop in names.crops_called(meaning)]
    begins = reduce(or_, (Q(folded__startswith=fold(meaning)) for meaning in query.meanings))
    steps: list[tuple[int, Q | Matches]] = [(8000, marked) for marked in map(Matches, query.as_written())]
    steps += [(4000, Q(crop__in=called)), (1000, Q(net_stock__gt=0))]
    # Any of the words: how near they are to each other costs as much again to see.
    rank = SearchRank(F("document"), asked(words.replace("&", "|")))
    title = _worth(2000, begins, default=Cast(999 * rank, IntegerField()))
    return sum((_worth(points, condition) for points, condition in steps), title)


def _worth(points: int, condition: Q | Matches, default: Combinable | int = 0) -> Case:
    return Case(When(condition, then=points), default=default)
