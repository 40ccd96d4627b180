"""EMVCo merchant-presented QR: two-digit id, two-digit length, value; closed by a CRC.

Source: EMVCo QR Code Specification for Payment Systems, Merchant-Presented Mode, v1.1, chapters 3 and 4.
"""

import binascii
import re
from collections.abc import Iterator

CRC_ID = "63"
_HEAD = re.compile(r"[0-9]{4}")


class InvalidPayload(ValueError):
    """The QR payload, or a value asked to go into one, breaks the VietQR rules; the text says which."""


def encode(fields: list[tuple[str, str]]) -> str:
    """Join (id, value) pairs in the given order; pairs with an empty value are left out."""
    return "".join(f"{id_}{len(value):02d}{value}" for id_, value in fields if value)


def decode(text: str) -> dict[str, str]:
    """Split ``text`` into id -> value, in order of appearance.

    Raises InvalidPayload on a duplicate id, a zero or overlong length, or trailing characters.
    """
    fields: dict[str, str] = {}
    for id_, value in _pairs(text):
        if id_ in fields:
            raise InvalidPayload(f"field {id_} appears twice")
        fields[id_] = value
    return fields


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(text):
        head = text[position : position + 4]
        if not _HEAD.fullmatch(head):
            raise InvalidPayload(f"no field head at character {position}")
        id_, length = head[:2], int(head[2:])
        value = text[position + 4 : position + 4 + length]
        if not length or len(value) != length:
            raise InvalidPayload(f"field {id_} says {length} characters, {len(value)} follow")
        yield id_, value
        position += 4 + length


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE (polynomial 1021, start FFFF) of ASCII ``text`` as four upper-case hex digits."""
    return f"{binascii.crc_hqx(text.encode('ascii'), 0xFFFF):04X}"
