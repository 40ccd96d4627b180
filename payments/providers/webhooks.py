"""What signatures of webhooks need besides their bytes: a header by any spelling, and the present moment."""

import time
from collections.abc import Mapping
from datetime import datetime


def header(headers: Mapping[str, str], name: str) -> str:
    """The header's value, ``name`` in any case; empty when it is missing or given twice in different cases."""
    values = [value for key, value in headers.items() if key.lower() == name.lower()]
    return values[0] if len(values) == 1 else ""


def seconds(now: datetime | float | None) -> float:
    """Seconds since 1970 of an aware moment, of such seconds themselves, or by the clock when None is given.

    Raises TypeError for a naive datetime, which could be any hour of the day.
    """
    if now is None:
        return time.time()
    if not isinstance(now, datetime):
        return now
    if now.utcoffset() is None:
        raise TypeError("now must be aware")
    return now.timestamp()
