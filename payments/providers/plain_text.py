"""Text with what others trip over taken out of it."""

import re
import unicodedata

_STROKED = str.maketrans({"đ": "d", "Đ": "D"})
_OTHER = re.compile(r"[^A-Za-z0-9 .:-]+")
_SPACES = re.compile(r" {2,}")


def plain(text: str, *, longest: int) -> str:
    """``text`` in letters that every rail's signature treats alike, at most ``longest`` of them.

    They are Latin ones without diacritics, digits, space and ``. : -``; what has no letter there becomes a space.
    """
    bare = "".join(
        letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter)
    ).translate(_STROKED)
    return _SPACES.sub(" ", _OTHER.sub(" ", bare)).strip()[:longest].rstrip()


def printable(text: str) -> str:
    """Without the NUL and line breaks that banks and files let through, and that the database would refuse."""
    return "".join(character if character.isprintable() else " " for character in text)
