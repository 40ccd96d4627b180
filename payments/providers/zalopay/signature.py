"""ZaloPay v2's MACs: HMAC-SHA256, lower-case hex; ``key1`` signs what we ask, ``key2`` what we are told.

Source: docs.zalopay.vn/v2 and /docs/specs (create, query, refund, callback-api), read 2026-09.
"""

import hashlib
import hmac
from collections.abc import Sequence


def mac(values: Sequence[object], key: str) -> str:
    """Over the values joined by "|". Raises ValueError for an empty key."""
    return _hash("|".join(str(value) for value in values), key)


def verify_callback(data: str, mac: str, key2: str) -> bool:
    """Is ``mac`` the one of the callback's ``data``, the string exactly as it was received?"""
    # Compared as bytes: compare_digest refuses text outside ASCII.
    return bool(key2) and hmac.compare_digest(_hash(data, key2).encode(), mac.encode(errors="replace"))


def _hash(text: str, key: str) -> str:
    if not key:
        raise ValueError("the ZaloPay key is empty")
    return hmac.new(key.encode(), text.encode(errors="surrogatepass"), hashlib.sha256).hexdigest()
