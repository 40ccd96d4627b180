"""Casso v2's signature: ``X-Casso-Signature: t=<ms>,v1=<hex>``, HMAC-SHA512 over ``<t>.<the body, sorted>``.

"Sorted" is the whole JSON body written the way JavaScript does, without spaces, keys in order on every level.
Source: Casso's documentation of webhook v2; its printed sample is one of our vectors.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import NoReturn

from payments.providers.webhooks import header

_HEADER = re.compile(r"t=([0-9]{1,16}),v1=([0-9a-f]{128})")


def sign(*, timestamp: str, body: bytes, secret: str) -> str:
    """Lower-case hex. Raises ValueError for an empty secret and for a body that is not plain JSON."""
    if not secret:
        raise ValueError("the Casso secret is empty")
    text = f"{timestamp}.{_sorted_json(body)}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


def verify(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Is the header's ``v1`` the one of ``body`` at ``t``? How old that may be is [UNCONFIRMED]: any age is."""
    signed = _HEADER.fullmatch(header(headers, "X-Casso-Signature"))
    if not (secret and signed):
        return False
    try:
        expected = sign(timestamp=signed[1], body=body, secret=secret)
    except (ValueError, RecursionError):
        return False
    return hmac.compare_digest(expected, signed[2])


def _sorted_json(body: bytes) -> str:
    said = json.loads(body, object_pairs_hook=_once, parse_float=_javascript_number, parse_constant=_refuse)
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field appears twice")
    return fields


def _javascript_number(text: str) -> int | float:
    """JavaScript has one kind of number and writes 5.0 as 5."""
    number = float(text)
    return int(number) if number.is_integer() else number


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
