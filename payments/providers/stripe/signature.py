"""Stripe's signature of a webhook, by docs.stripe.com/webhooks: pure functions of what was received.

Header ``Stripe-Signature: t=<seconds>,v1=<hex>[,v1=…]``; each v1 may be the HMAC-SHA256 of ``t.body`` (there are
two while a secret is being changed). Stripe's own library lets timestamps from the future pass, we do not.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from payments.providers.webhooks import header, seconds

HEADER = "Stripe-Signature"
TOLERANCE_SECONDS = 300
"""How far the time that was signed may be from ours, either way."""


def sign(body: bytes, *, timestamp: int, secret: str) -> str:
    """The hex that a v1 entry of the header carries."""
    return hmac.new(secret.encode(), b"%d.%s" % (timestamp, body), hashlib.sha256).hexdigest()


def verify(
    headers: Mapping[str, str], body: bytes, secret: str, *, now: datetime | float | None = None
) -> bool:
    """Is ``body``, as received, from Stripe and of the last minutes?

    The header's name is matched in any case. ``now``: seconds since 1970 or an aware moment, the clock unless
    given; raises TypeError for a naive one.
    """
    moment = seconds(now)
    timestamp, candidates = _parts(header(headers, HEADER))
    if timestamp is None or not secret.strip():
        return False
    expected = sign(body, timestamp=timestamp, secret=secret).encode()
    genuine = any(hmac.compare_digest(expected, candidate) for candidate in candidates)
    return genuine and abs(moment - timestamp) <= TOLERANCE_SECONDS


def _parts(signed: str) -> tuple[int | None, list[bytes]]:
    """(the timestamp, every v1); no timestamp unless there is exactly one, in plain digits."""
    pairs = [part.partition("=") for part in signed.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    candidates = [value.encode(errors="replace") for name, _, value in pairs if name == "v1"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdecimal() and len(times[0]) <= 12):
        return None, []
    return int(times[0]), candidates
