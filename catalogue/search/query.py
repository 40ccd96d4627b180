"""What a person typed, turned into the questions that are put to the index, best first."""

from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchQueryField
from django.db.models import Func

from catalogue.listing.document import CONFIG
from catalogue.search.fold import fold, written
from catalogue.search.telex import readings

#: characters of a query that are read; what follows is cut
LONGEST = 100
#: letters from which the last word may be the beginning of a longer one: "na" is not "nam"
_BEGINNING = 3


@dataclass(frozen=True)
class Query:
    """`text` as it was typed (cut), `folded` as it is looked up, and what it says if it is raw keystrokes."""

    text: str
    folded: str
    readings: tuple[str, ...]

    @classmethod
    def read(cls, typed: str) -> "Query":
        text = " ".join(typed.replace("\x00", "").split())[:LONGEST]
        return cls(text, fold(text), readings(text))

    @property
    def meanings(self) -> tuple[str, ...]:
        return (self.text, *self.readings)

    def __bool__(self) -> bool:
        return bool(self.folded)

    def match(self) -> Func:
        """A tsquery: all words; or, if nothing has them, words that begin so; or, then, a keystroke reading."""
        return FirstToMatch(*self.attempts())

    def attempts(self) -> list[SearchQuery]:
        attempts = [all_words(self.folded)]
        if len(self.folded.rpartition(" ")[2]) >= _BEGINNING:
            attempts.append(all_words(self.folded, unfinished=True))
        return [*attempts, *(all_words(fold(reading)) for reading in self.readings)]

    def beginnings(self) -> list[SearchQuery]:
        """For somebody still typing: all words, the last one perhaps unfinished, for each meaning."""
        return [all_words(fold(meaning), unfinished=True) for meaning in self.meanings]

    def as_written(self) -> list[SearchQuery]:
        """All words with their marks, for each meaning that has any."""
        words = [written(meaning) for meaning in self.meanings]
        return [all_words(marked) for marked in words if not marked.isascii()]


class FirstToMatch(Func):
    """The first of several tsqueries that some listing answers, else the last.

    Chosen by the database, once a statement, so that falling through costs an index probe, not a query, and
    having no choice costs nothing.
    """

    template = "(SELECT catalogue_first_to_match(ARRAY[%(expressions)s]))"
    output_field = SearchQueryField()


def all_words(text: str, unfinished: bool = False) -> SearchQuery:
    """Every word of `text`, which is folded or `written`: it holds no operator.

    `unfinished`: the last word may be the beginning of one.
    """
    words = " & ".join(f"'{word}'" for word in text.split())
    return SearchQuery(f"{words}:*" if unfinished else words, config=CONFIG, search_type="raw")
