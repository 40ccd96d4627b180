"""What a listing can be found by, weighed: A title, B the crop's names, C grade, seller, place, D old places."""

from collections.abc import Iterable

from django.contrib.postgres.search import SearchVectorField
from django.db.models.expressions import RawSQL

from catalogue.search.fold import fold, written

#: words as they are: PostgreSQL has neither stems nor stop words for Vietnamese
CONFIG = "simple"

# Plain SQL: as nested SearchVectors these took a third of the time of a refresh.
_WORDS = f"to_tsvector('{CONFIG}', %s)"
_WEIGHED = " || ".join(f"setweight({_WORDS}, '{weight}')" for weight in "ABCD")


def search_vector(
    *, title: str, crop: Iterable[str], facts: Iterable[str], former_places: Iterable[str]
) -> RawSQL:
    """The weighed vector of one listing.

    Queries match folded words; title and crop are kept as written too, so that "dứa" ranks a pineapple
    above "dưa leo".
    """
    names = " ".join(crop)
    words = [
        f"{fold(title)} {written(title)}",
        f"{fold(names)} {written(names)}",
        fold(" ".join(facts)),
        fold(" ".join(former_places)),
    ]
    return RawSQL(_WEIGHED, words, output_field=SearchVectorField())


def words_vector(texts: Iterable[str]) -> RawSQL:
    """A plain vector of folded words."""
    return RawSQL(_WORDS, [fold(" ".join(texts))], output_field=SearchVectorField())
