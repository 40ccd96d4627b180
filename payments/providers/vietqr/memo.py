"""The code that joins a bank transfer to a payment: ``BP`` and eight characters, the last a check character.

The memo is all a bank passes on, and banks upper-case it, drop punctuation, insert spaces and add text of
their own before and after. The alphabet is Crockford's base 32 (no I, L, O, U), so a code read aloud or typed
by hand survives; the check character is Luhn mod 32, so one wrong character never names another payment.
"""

import re
import secrets
from collections.abc import Iterator

PREFIX = "BP"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE = len(_ALPHABET)
_BODY_LENGTH = 7
_CANDIDATE = re.compile(rf"{PREFIX}([0-9A-TV-Z]{{{_BODY_LENGTH + 1}}})")
_LOOKALIKES = str.maketrans("ILO", "110")
_NOT_CODE = re.compile(r"[^0-9A-Z]+")


def make_code() -> str:
    """A new random code (35 bits). Uniqueness is the database's to enforce."""
    body = "".join(secrets.choice(_ALPHABET) for _ in range(_BODY_LENGTH))
    return PREFIX + body + _check_character(body)


def find_code(content: str) -> str | None:
    """The one code in a bank's memo, or None when there is none or when two different ones leave doubt.

    An unbroken code is preferred; only if there is none is the text read with everything but letters and
    digits taken out.
    """
    text = content.upper()
    for reading in (text, _NOT_CODE.sub("", text)):
        codes = set(_codes(reading))
        if codes:
            return codes.pop() if len(codes) == 1 else None
    return None


def _codes(text: str) -> Iterator[str]:
    position = 0
    while found := _CANDIDATE.search(text, position):
        body = found[1].translate(_LOOKALIKES)
        valid = body[-1] == _check_character(body[:-1])
        if valid:
            yield PREFIX + body
        position = found.end() if valid else found.start() + 1


def _check_character(body: str) -> str:
    total = 0
    for position, character in enumerate(reversed(body)):
        value = _ALPHABET.index(character) * (2 if position % 2 == 0 else 1)
        total += value // _BASE + value % _BASE
    return _ALPHABET[-total % _BASE]
