"""What a person typed, turned into the questions that are put to the index, best first."""

from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery

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

    def attempts(self) -> list[str]:
        """All words; then, for where nothing has them, also words that begin so and keystroke readings."""
        attempts = [_all(self.folded)]
        looser = [_all(fold(reading)) for reading in self.readings]
        if len(self.folded.rpartition(" ")[2]) >= _BEGINNING:
            looser.append(_all(self.folded, unfinished=True))
        return [*attempts, " | ".join([*attempts, *looser])] if looser else attempts

    def beginning(self) -> str:
        """For somebody still typing: all words, the last one perhaps unfinished, of any meaning."""
        return " | ".join(_all(fold(meaning), unfinished=True) for meaning in self.meanings)

    def as_written(self) -> list[SearchQuery]:
        """All words with their marks, for each meaning that has any."""
        words = [written(meaning) for meaning in self.meanings]
        return [all_words(marked) for marked in words if not marked.isascii()]


def asked(words: str) -> SearchQuery:
    """`words` are a tsquery of Query or some of its words."""
    return SearchQuery(words, config=CONFIG, search_type="raw")


def all_words(text: str) -> SearchQuery:
    """Every word of `text`, which is folded or `written`: it holds no operator."""
    return asked(_all(text))


def _all(text: str, unfinished: bool = False) -> str:
    """`unfinished`: the last word may be the beginning of one."""
    words = " & ".join(f"'{word}'" for word in text.split())
    return f"({words}:*)" if unfinished else f"({words})"
