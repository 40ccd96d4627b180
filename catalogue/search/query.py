"""What a person typed, turned into the questions that are put to the index, best first."""

from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, Exists, When
from django.db.models.expressions import Combinable

from catalogue.listing.document import CONFIG
from catalogue.listing.models import Listing
from catalogue.search.fold import fold, written
from catalogue.search.telex import readings

#: characters of a query that are read; what follows is cut
LONGEST = 100
#: letters from which the last word may be the beginning of a longer one: "na" is not "nam"
_BEGINNING = 3


@dataclass(frozen=True)
class Query:
    """`text` as it was typed (cut), and `folded`, as it is looked up."""

    text: str
    folded: str

    @classmethod
    def read(cls, typed: str) -> "Query":
        text = " ".join(typed.replace("\x00", "").split())[:LONGEST]
        return cls(text, fold(text))

    def __bool__(self) -> bool:
        return bool(self.folded)

    def match(self) -> Combinable:
        """A tsquery: all words; or, if nothing has them, words that begin so; or, then, a keystroke reading.

        One expression with the choice inside, so that falling through costs an index probe, not a query.
        """
        *better, last = self._attempts()
        return Case(*(When(Exists(Listing.objects.matching(one)), then=one) for one in better), default=last)

    def beginning(self) -> SearchQuery:
        """All words, the last one perhaps unfinished: what suggestions are asked for."""
        return all_words(self.folded, unfinished=True)

    def as_written(self) -> SearchQuery | None:
        """All words with the marks they were typed with; None if they were typed without."""
        words = written(self.text)
        return None if words.isascii() else all_words(words)

    def _attempts(self) -> list[SearchQuery]:
        attempts = [all_words(self.folded)]
        if len(self.folded.rpartition(" ")[2]) >= _BEGINNING:
            attempts.append(self.beginning())
        return attempts + [all_words(fold(reading)) for reading in readings(self.text)]


def all_words(text: str, unfinished: bool = False) -> SearchQuery:
    """Rows with every word of `text`, which is folded or `written`: it holds no operator."""
    words = " & ".join(f"'{word}'" for word in text.split())
    return SearchQuery(f"{words}:*" if unfinished else words, config=CONFIG, search_type="raw")
