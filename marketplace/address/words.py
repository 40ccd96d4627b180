"""The words of an address: kinds of places, written out or shortened. All are folded (catalogue.search.fold)."""

import re

from catalogue.search.fold import fold

#: words that say what kind of place follows; kinds changed in 2025, so they may rank but never exclude
KINDS = frozenset(["phuong", "xa", "thi", "tran", "quan", "huyen", "thanh", "pho", "tinh", "dac", "khu"])
_SHORT = {
    "p": "phuong",
    "x": "xa",
    "tt": "thi tran",
    "q": "quan",
    "h": "huyen",
    "tx": "thi xa",
    "tp": "thanh pho",
    "t": "tinh",
    "hcm": "ho chi minh",
    "tphcm": "thanh pho ho chi minh",
    "saigon": "sai gon",
    "sg": "sai gon",
    "hanoi": "ha noi",
    "hn": "ha noi",
    "tphn": "thanh pho ha noi",
}
_NUMBERED = re.compile(r"([pq])(\d+)")
_LEADING_KIND = re.compile(r"^(phuong|xa|thi tran|thi xa|quan|huyen|thanh pho|tinh|dac khu) (?=\D)")


def written_out(text: str) -> list[str]:
    """Folded words without short forms: "TP.Đồng Xoài" -> thanh pho dong xoai, "q1" -> quan 1."""
    words: list[str] = []
    for word in fold(text).split():
        numbered = _NUMBERED.fullmatch(word)
        full = f"{_SHORT[numbered[1]]} {numbered[2]}" if numbered else _SHORT.get(word, word)
        words += full.split()
    return words


def names(words: list[str]) -> list[str]:
    """The words that are not kinds; all of them where nothing else is left."""
    return [word for word in words if word not in KINDS] or words


def bare(folded: str) -> str:
    """A place's name without its kind: "xa bu dang" -> "bu dang"; "quan 1" is a name as a whole."""
    return _LEADING_KIND.sub("", folded)
