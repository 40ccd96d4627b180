"""What comes first: an integer per listing, from what the words are worth where they stand."""

from functools import reduce
from operator import or_

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from catalogue.listing.managers import Matches
from catalogue.search.fold import fold
from catalogue.search.names import NameTable
from catalogue.search.query import Query


def relevance(query: Query, attempts: list[SearchQuery], names: NameTable) -> Combinable:
    """Marks as typed, then a crop called so, then a title that begins so, then what is in stock, then rank."""
    called = [crop for meaning in query.meanings for crop in names.crops_called(meaning)]
    begins = reduce(or_, (Q(folded__startswith=fold(meaning)) for meaning in query.meanings))
    steps: list[tuple[int, Q | Matches]] = [(8, marked) for marked in map(Matches, query.as_written())]
    steps += [(4, Q(crop__in=called)), (2, begins), (1, Q(net_stock__gt=0))]
    score = sum((_worth(points, condition) for points, condition in steps), Value(0))
    return 1000 * score + Cast(999 * SearchRank(F("document"), reduce(or_, attempts)), IntegerField())


def _worth(points: int, condition: Q | Matches) -> Case:
    return Case(When(condition, then=points), default=0)
