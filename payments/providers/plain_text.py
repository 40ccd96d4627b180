"""Text that every rail's signature treats alike: Latin letters without diacritics, digits, space, ``. : -``."""

import re
import unicodedata

_STROKED = str.maketrans({"đ": "d", "Đ": "D"})
_OTHER = re.compile(r"[^A-Za-z0-9 .:-]+")
_SPACES = re.compile(r" {2,}")


def plain(text: str, *, longest: int) -> str:
    """``text`` in that alphabet, at most ``longest`` characters; what has no letter in it becomes a space."""
    bare = "".join(
        letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter)
    ).translate(_STROKED)
    return _SPACES.sub(" ", _OTHER.sub(" ", bare)).strip()[:longest].rstrip()
