"""SePay's webhook signature.

``X-SePay-Signature: sha256=<hex>`` is HMAC-SHA256 over ``<X-SePay-Timestamp>.<raw body>``; a request whose
timestamp is more than five minutes away from now is refused.
Source: developer.sepay.vn/en/sepay-webhooks/bao-mat (read 2026-11; SePay publishes no numeric sample).
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime

from payments.providers.webhooks import header, seconds

WINDOW_SECONDS = 300
_TIMESTAMP = re.compile(r"[0-9]{1,11}")


def sign(*, timestamp: str, body: bytes, secret: str) -> str:
    """Return the signature header's value. ``timestamp`` is the header as sent: Unix seconds, decimal.

    Raises ValueError for an empty secret: signing with it would mean accepting anybody.
    """
    if not secret:
        raise ValueError("the SePay secret is empty")
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


def verify(
    headers: Mapping[str, str], body: bytes, secret: str, *, now: datetime | float | None = None
) -> bool:
    """Is ``body`` (the bytes as received) signed with ``secret`` within five minutes of ``now``?

    Header names are matched in any case. ``now``: seconds since 1970 or an aware moment, the clock unless given;
    raises TypeError for a naive one.
    """
    moment = seconds(now)
    signature = header(headers, "X-SePay-Signature")
    timestamp = header(headers, "X-SePay-Timestamp")
    if not (secret and _TIMESTAMP.fullmatch(timestamp)):
        return False
    expected = sign(timestamp=timestamp, body=body, secret=secret)
    # Compared as bytes: compare_digest refuses text outside ASCII, which a forger may well send.
    genuine = hmac.compare_digest(expected.encode(), signature.encode(errors="replace"))
    return genuine and abs(moment - int(timestamp)) <= WINDOW_SECONDS
