"""What a listing can be found by, weighed: A title, B the crop's names, C grade, place, seller, D old places."""

from collections.abc import Iterable

from django.contrib.postgres.search import CombinedSearchVector, SearchVector
from django.db.models import TextField, Value

from catalogue.search.fold import fold, written

#: words as they are: PostgreSQL has neither stems nor stop words for Vietnamese
CONFIG = "simple"


def search_vector(
    *, title: str, crop: Iterable[str], facts: Iterable[str], former_places: Iterable[str]
) -> CombinedSearchVector:
    """The weighed vector of one listing.

    Queries match folded words; title and crop are kept as written too, so that "dứa" ranks a pineapple
    above "dưa leo".
    """
    names = " ".join(crop)
    return (
        _weighed(f"{fold(title)} {written(title)}", "A")
        + _weighed(f"{fold(names)} {written(names)}", "B")
        + _weighed(fold(" ".join(facts)), "C")
        + _weighed(fold(" ".join(former_places)), "D")
    )


def _weighed(words: str, weight: str) -> SearchVector:
    return SearchVector(Value(words, output_field=TextField()), weight=weight, config=CONFIG)
