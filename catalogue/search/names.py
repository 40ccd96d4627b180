"""The several names of one crop: what the South calls thơm, the North calls dứa, and the West khóm.

The names are data (`Crop.name` and `Crop.other_names`); nothing here knows a crop.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from catalogue.search.fold import fold, written

MAX_ALTERNATIVES = 8


@dataclass(frozen=True)
class CropNames:
    """Everything people call a crop, the name it is listed under first."""

    crop_id: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Word:
    """A word with its Vietnamese marks apart, so that hòa = hoà, na = "na" typed plainly, but bò ≠ bơ."""

    plain: str
    marks: tuple[str, ...]

    def may_be(self, name: "_Word") -> bool:
        """A word typed without marks may be any word with those letters; one typed with marks is exact."""
        return self.plain == name.plain and self.marks in ((), name.marks)


@dataclass(frozen=True)
class _Mention:
    """Words `start` to `stop` of a text name a crop."""

    crop_id: int
    start: int
    stop: int

    def inside(self, other: "_Mention") -> bool:
        return other.start <= self.start and self.stop <= other.stop and self.length < other.length

    @property
    def length(self) -> int:
        return self.stop - self.start


class NameTable:
    """Finds crops by any of their names in what a person typed, whole words only."""

    def __init__(self, crops: Iterable[CropNames]) -> None:
        self._names = {crop.crop_id: crop.names for crop in crops}
        self._folded = [(pk, fold(name), name.lower()) for pk, names in self._names.items() for name in names]
        self._spellings = {folded: name for _, folded, name in self._folded}
        self._by_first_word: dict[str, list[tuple[int, list[_Word]]]] = {}
        for crop_id, names in self._names.items():
            for name in names:
                if words := _words(name):
                    self._by_first_word.setdefault(words[0].plain, []).append((crop_id, words))

    def crops_called(self, text: str) -> tuple[int, ...]:
        """Ids of the crops whose name is the whole of `text`."""
        length = len(_words(text))
        return tuple(dict.fromkeys(m.crop_id for m in self._mentions(text) if m.length == length))

    def nearest(self, text: str) -> str:
        """The name spelt most like `text`, in lower case; "" if none is close."""
        close = get_close_matches(fold(text), self._spellings, n=1)
        return self._spellings[close[0]] if close else ""

    def beginning(self, text: str) -> list[str]:
        """Names in lower case, one for each crop, with a word that begins like `text`; best first."""
        wanted = fold(text)
        found: dict[int, tuple[bool, str]] = {}
        for crop_id, folded, name in self._folded:
            if f" {wanted}" in f" {folded}":
                found.setdefault(crop_id, (not folded.startswith(wanted), name))
        return [name for _, name in sorted(found.values())]

    def alternatives(self, text: str) -> tuple[str, ...]:
        """`text` with a crop's name replaced by each other name of that crop, MAX_ALTERNATIVES at most.

        >>> table.alternatives("dứa sấy dẻo")
        ("thơm sấy dẻo", "khóm sấy dẻo", "trái thơm sấy dẻo")
        """
        typed = _split(text)
        found: dict[str, str] = {}
        for mention in self._mentions(text):
            for name in self._names[mention.crop_id]:
                other = " ".join([*typed[: mention.start], name.lower(), *typed[mention.stop :]])
                found.setdefault(fold(other), other)
        found.pop(fold(text), None)
        return tuple(found.values())[:MAX_ALTERNATIVES]

    def _mentions(self, text: str) -> list[_Mention]:
        """Longest mentions only, in the order of the text: "hồ tiêu trắng" is not also "hồ tiêu"."""
        every = list(self._all_mentions(_words(text)))
        return [mention for mention in every if not any(mention.inside(other) for other in every)]

    def _all_mentions(self, typed: list[_Word]) -> Iterator[_Mention]:
        for start, word in enumerate(typed):
            for crop_id, name in self._by_first_word.get(word.plain, ()):
                stop = start + len(name)
                if stop <= len(typed) and all(map(_Word.may_be, typed[start:stop], name)):
                    yield _Mention(crop_id, start, stop)


def _split(text: str) -> list[str]:
    return written(text).split()


def _words(text: str) -> list[_Word]:
    return [_Word(fold(word), _marks(word)) for word in _split(text)]


def _marks(word: str) -> tuple[str, ...]:
    decomposed = unicodedata.normalize("NFD", word)
    return tuple(sorted(c for c in decomposed if unicodedata.combining(c) or c == "đ"))
