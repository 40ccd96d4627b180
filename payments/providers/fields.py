"""Taking the fields of a notification at their word, or not at all. Everything raises UnreadableNotification."""

import json
import re
from collections.abc import Mapping
from datetime import datetime

from payments.providers.base import UnreadableNotification
from payments.providers.plain_text import printable
from payments.providers.vietnam import from_milliseconds, read_local

LARGEST_INTEGER = 2**63 - 1
"""PostgreSQL's bigint; anything above is nonsense and must not reach a query."""
LONGEST_TEXT = 500
_REFERENCE = re.compile(r"[0-9A-Za-z]{1,40}")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,18}")


def parse(body: bytes | str) -> dict[str, object]:
    """A JSON object without a field given twice."""
    try:
        fields = json.loads(body, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise UnreadableNotification("not JSON") from error
    if not isinstance(fields, dict):
        raise UnreadableNotification("not a JSON object")
    return fields


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field appears twice")
    return fields


def nested(fields: Mapping[str, object], name: str) -> dict[str, object]:
    value = fields.get(name)
    if not isinstance(value, dict):
        raise UnreadableNotification(f"{name} must be an object")
    return value


def whole(fields: Mapping[str, object], name: str, *, least: int = 0) -> int:
    """A JSON number without a fraction, not under ``least`` and no larger than the database takes."""
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= LARGEST_INTEGER:
        raise UnreadableNotification(f"{name} must be a whole number")
    return value


def digits(text: str, name: str) -> int:
    """A whole number written in the one way it can be: no sign, no leading zero, no other script's digits."""
    if not _WHOLE.fullmatch(text) or int(text) > LARGEST_INTEGER:
        raise UnreadableNotification(f"{name} must be a whole number")
    return int(text)


def text(fields: Mapping[str, object], name: str) -> str:
    """Text that can be stored: shortened, without the NUL and line breaks that banks let through."""
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UnreadableNotification(f"{name} must be text")
    return printable(value[:LONGEST_TEXT])


def required(fields: Mapping[str, object], name: str) -> str:
    value = text(fields, name)
    if not value:
        raise UnreadableNotification(f"{name} is missing")
    return value


def reference(value: str) -> str:
    """``value`` if it can be a payment's code at all, else nothing: it goes into a query."""
    return value if _REFERENCE.fullmatch(value) else ""


def local_time(fields: Mapping[str, object], name: str, form: str) -> datetime:
    value = text(fields, name)
    try:
        return read_local(value, form)
    except ValueError as error:
        raise UnreadableNotification(f"{name} {value!r} is not a time of the form {form}") from error


def millisecond_time(fields: Mapping[str, object], name: str) -> datetime:
    try:
        return from_milliseconds(whole(fields, name))
    except OverflowError as error:
        raise UnreadableNotification(f"{name} is not a time") from error
