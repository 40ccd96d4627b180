"""PayOS's signatures: HMAC-SHA256 over ``key=value&…``, keys sorted, raw values, null as nothing.

Source: payos.vn/docs, "Kiểm tra dữ liệu với signature"; its printed sample is one of our vectors.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping

_NAME = re.compile(r"[A-Za-z0-9_]+")
_SEAM = re.compile(r"&(?=[A-Za-z0-9_]+=)")


def sign(data: Mapping[str, object], key: str) -> str:
    """Lower-case hex over all of ``data`` as received. Raises ValueError for an empty key."""
    if not key:
        raise ValueError("the PayOS checksum key is empty")
    text = "&".join(_pairs(data))
    return hmac.new(key.encode(), text.encode(errors="surrogatepass"), hashlib.sha256).hexdigest()


def verify(body: Mapping[str, object], key: str) -> bool:
    """Is ``body["signature"]`` the one of ``body["data"]``? What stands beside ``data`` is not signed."""
    data, given = body.get("data"), body.get("signature")
    if not key or not isinstance(data, Mapping) or not isinstance(given, str):
        return False
    if _has_two_readings(data):
        return False
    # Compared as bytes: compare_digest refuses text outside ASCII.
    return hmac.compare_digest(sign(data, key).encode(), given.encode(errors="replace"))


def _pairs(data: Mapping[str, object]) -> list[str]:
    return [f"{name}={_text(data[name])}" for name in sorted(data)]


def _has_two_readings(data: Mapping[str, object]) -> bool:
    """Values are joined raw: "&<name>=" in one of them looks like another field, which then need not be there.

    So the text has to come apart where it was put together. "H&M" as the sender's name does no harm.
    """
    pairs = _pairs(data)
    return _SEAM.split("&".join(pairs)) != pairs or not all(map(_NAME.fullmatch, data))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
