"""The one fold: what an index stores and what a person types meet in the same plain letters.

    fold("Sầu riêng Đắk Ơ") == "sau rieng dak o"

Everything that is searched is folded here, in Python, before it reaches the database, so that index
and query cannot disagree about đ, about NFD text from a telephone or about punctuation.
"""

import re
import unicodedata

# Marks that NFKD splits off, and invisible format characters (soft hyphen, zero-width joiners) that
# copied text carries inside words.
_DROPPED = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u00ad\u200b-\u200f\u2060\ufeff]"
)
_GAPS = re.compile(r"[\W_]+")
_STROKED = str.maketrans({"đ": "d"})  # a letter of its own in Unicode: no normal form takes it apart


def fold(text: str) -> str:
    """Lower-case words without Vietnamese marks, one space between them, no punctuation."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    # Case folding can make composed letters again (İ, Greek); the second pass takes those apart too.
    plain = _DROPPED.sub("", unicodedata.normalize("NFKD", decomposed)).translate(_STROKED)
    return _GAPS.sub(" ", plain).strip()


def written(text: str) -> str:
    """Lower-case words with their marks in the one normal form, one space between them, no punctuation."""
    return _GAPS.sub(" ", unicodedata.normalize("NFC", text).lower()).strip()


def slugify_vi(text: str, allow_unicode: bool = False) -> str:
    """ASCII slug of a Vietnamese title: "Hạt điều Đồng Xoài" -> "hat-dieu-dong-xoai".

    Named by OSCAR_SLUG_FUNCTION, hence `allow_unicode`, which Oscar passes and our URLs never use.
    May be empty (a title without one Latin letter or digit): the caller owns the fallback.
    """
    return fold(text).encode("ascii", "ignore").decode().replace(" ", "-").strip("-")
