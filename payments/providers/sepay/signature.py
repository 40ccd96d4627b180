"""SePay's webhook signature.

``X-SePay-Signature: sha256=<hex>`` is HMAC-SHA256 over ``<X-SePay-Timestamp>.<raw body>``; a request whose
timestamp is more than five minutes away from now is refused.
Source: developer.sepay.vn/en/sepay-webhooks/bao-mat (read 2026-11; SePay publishes no numeric sample).
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

WINDOW = timedelta(minutes=5)
_TIMESTAMP = re.compile(r"[0-9]{1,11}")


def sign(*, timestamp: str, body: bytes, secret: str) -> str:
    """Return the signature header's value. ``timestamp`` is the header as sent: Unix seconds, decimal.

    Raises ValueError for an empty secret: signing with it would mean accepting anybody.
    """
    if not secret:
        raise ValueError("the SePay secret is empty")
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


def verify(headers: Mapping[str, str], body: bytes, secret: str, *, now: datetime | None = None) -> bool:
    """Is ``body`` (the bytes as received) signed with ``secret`` within five minutes of ``now``?

    Header names are matched in any case; ``now`` defaults to the clock and must be aware.
    """
    signature = _header(headers, "x-sepay-signature")
    timestamp = _header(headers, "x-sepay-timestamp")
    if not (secret and _TIMESTAMP.fullmatch(timestamp)):
        return False
    age = (now or datetime.now(UTC)) - datetime.fromtimestamp(int(timestamp), UTC)
    expected = sign(timestamp=timestamp, body=body, secret=secret)
    # Compared as bytes: compare_digest refuses text outside ASCII, which a forger may well send.
    genuine = hmac.compare_digest(expected.encode(), signature.encode(errors="replace"))
    return genuine and abs(age) <= WINDOW


def _header(headers: Mapping[str, str], name: str) -> str:
    """The header's value; empty when it is missing or given twice in different cases."""
    values = [value for key, value in headers.items() if key.lower() == name]
    return values[0] if len(values) == 1 else ""
