"""Vietnamese behind raw keystrokes, for people who type with the input method switched off.

    readings("hatj ddieeuf") == readings("hat5 d9ie62u") == ("hạt điều",)

Key tables: Telex and VNI as in the manual of UniKey (unikey.org). Tone and shape keys may follow their
letter or end the word ("ddieeuf", "dieeufd"), since both habits exist. A reading is a *candidate*: it
is tried beside what was typed, never instead of it, so grade codes and English words stay searchable.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from catalogue.search.fold import fold

GRAVE, ACUTE, HOOK, TILDE, DOT = "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"
CIRCUMFLEX = {"a": "â", "e": "ê", "o": "ô"}
HORN = {"o": "ơ", "u": "ư"}
BREVE = {"a": "ă"}
VOWELS = frozenset("aeiouyâêôơưă")

# Plain forms of the syllables Vietnamese allows. Finals never include f j r s w x, which is what
# tells a keystroke from a letter.
_ONSET = "ngh|ng|nh|n|tr|th|t|ch|c|gh|gi|g|kh|k|ph|p|qu|b|d|h|l|m|r|s|v|x"
_OPEN = "ai|ao|au|ay|eo|eu|ia|ieu|iu|oi|oai|oao|oay|oeo|ua|uay|ui|uoi|uou|uu|uya|uyu|yeu"
_ANY = "a|e|i|o|u|y|oa|oe|ue|uy|uo|ie|ye|ua|uye|oo"
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:(?:{_OPEN})|(?:{_ANY})(?:ch|c|m|ng|nh|n|p|t)?)")
_SHORTEST = 3  # "ws", "a1": shorter words are grade codes far oftener than keystrokes


@dataclass
class _Word:
    """One word while its keys are read: letters with their shapes, and the tone, kept apart."""

    letters: list[str]
    tone: str = ""

    def has_vowel(self) -> bool:
        return any(letter in VOWELS for letter in self.letters)

    def shape(self, shapes: dict[str, str]) -> bool:
        """Give the last letter that can take it one of `shapes`; False if none can."""
        for i in range(len(self.letters) - 1, -1, -1):
            if self.letters[i] in shapes:
                self.letters[i] = shapes[self.letters[i]]
                return True
        return False

    def horn(self, shapes: dict[str, str]) -> bool:
        """The horn falls on the first letter of "ua" and "uu" (mưa, hưu), on both of "uo" (người)."""
        word = "".join(self.letters)
        cluster = re.search("(?<!q)u[aou]", word)
        if cluster is None:
            return self.shape(shapes)
        self.letters = list(word.replace(cluster[0], {"ua": "ưa", "uo": "ươ", "uu": "ưu"}[cluster[0]], 1))
        return True

    def bar(self) -> bool:
        """The stroke of đ; only a word's first letter can carry it."""
        if self.letters[:1] != ["d"]:
            return False
        self.letters[0] = "đ"
        return True

    def text(self) -> str | None:
        """The Vietnamese word, or None if the letters make no syllable."""
        plain = "".join(self.letters).replace("ưo", "ươ")  # "nuwoc" is as common as "nuwowc"
        if not _SYLLABLE.fullmatch(fold(plain)):
            return None
        if self.tone:
            at = _tone_position(plain)
            plain = plain[: at + 1] + self.tone + plain[at + 1 :]
        return unicodedata.normalize("NFC", plain)


def _tone_position(letters: str) -> int:
    """Index of the letter that carries the tone in the spelling taught at school."""
    start = 2 if letters[:2] in ("qu", "gi") and set(letters[2:]) & VOWELS else 0
    vowels = [i for i in range(start, len(letters)) if letters[i] in VOWELS]
    shaped = [i for i in vowels if letters[i] in "âêôơưă"]
    if shaped:
        return shaped[-1]
    if vowels[-1] < len(letters) - 1 or len(vowels) == 1:
        return vowels[-1]
    return vowels[-2]


def _press_telex(word: _Word, key: str) -> bool:
    tones = {"f": GRAVE, "s": ACUTE, "r": HOOK, "x": TILDE, "j": DOT}
    if key in tones and word.has_vowel():
        return _press_tone(word, tones[key])
    if key == "w":
        if word.has_vowel():
            return word.horn(HORN | BREVE)
        word.letters.append("ư")
        return True
    if key in CIRCUMFLEX and key in word.letters:
        return word.shape({key: CIRCUMFLEX[key]})
    if key == "d" and word.letters[:1] == ["d"]:
        return word.bar()
    word.letters.append(key)
    return key.isalpha()


def _press_vni(word: _Word, key: str) -> bool:
    tones = {"1": ACUTE, "2": GRAVE, "3": HOOK, "4": TILDE, "5": DOT}
    if key in tones:
        return word.has_vowel() and _press_tone(word, tones[key])
    if key == "6":
        return word.shape(CIRCUMFLEX)
    if key == "7":
        return word.horn(HORN)
    if key == "8":
        return word.shape(BREVE)
    if key == "9":
        return word.bar()
    word.letters.append(key)
    return key.isalpha()


def _press_tone(word: _Word, tone: str) -> bool:
    if word.tone:  # a second tone key means these were letters after all: "coffee"
        return False
    word.tone = tone
    return True


def _read(typed: str, press: Callable[[_Word, str], bool]) -> str | None:
    """One word read by one input method; None if its keys make no Vietnamese syllable."""
    if len(typed) < _SHORTEST or not typed.isascii():
        return None
    word = _Word([])
    if not all(press(word, key) for key in typed):
        return None
    return word.text()


@lru_cache(maxsize=512)
def readings(query: str) -> tuple[str, ...]:
    """What `query` says if it is raw Telex, then if it is raw VNI; words that are neither stay as typed.

    Empty when no word reads differently, which is the case for any Vietnamese with or without marks.
    """
    typed = unicodedata.normalize("NFC", query).lower()
    found = dict.fromkeys(_read_words(typed, press) for press in (_press_telex, _press_vni))
    return tuple(text for text in found if text != typed)


def _read_words(typed: str, press: Callable[[_Word, str], bool]) -> str:
    return re.sub(r"\w+", lambda word: _read(word[0], press) or word[0], typed)
