"""How VNPAY 2.1.0 signs, and how it writes moments and amounts. HMAC-SHA512, lower-case hex, both ways.

Source: sandbox.vnpayment.vn/apis/docs (changeTypeHash, pay, querydr&refund), read 2026-11.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from urllib.parse import quote_plus

HASH = "vnp_SecureHash"
HUNDREDTHS = 100
"""Amounts on the wire are hundredths of a đồng."""
_VIETNAM = timezone(timedelta(hours=7))
_STAMP = "%Y%m%d%H%M%S"


def signed_query(fields: Mapping[str, str], secret: str) -> str:
    """The query that is sent: sorted, encoded as a form is, without empty values, its hash at the end."""
    text = "&".join(
        f"{quote_plus(name)}={quote_plus(fields[name])}" for name in sorted(fields) if fields[name]
    )
    return f"{text}&{HASH}={digest(text, secret)}"


def query_is_genuine(fields: Mapping[str, str], secret: str) -> bool:
    unsigned = {
        name: value
        for name, value in fields.items()
        if name.startswith("vnp_") and name not in (HASH, "vnp_SecureHashType")
    }
    ours = signed_query(unsigned, secret).rpartition("=")[2]
    return hmac.compare_digest(ours.encode(), fields.get(HASH, "").encode())


def pipe_hash(values: Sequence[str], secret: str) -> str:
    return digest("|".join(values), secret)


def digest(text: str, secret: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, _VIETNAM).strftime(_STAMP)


def seconds(text: str) -> float:
    """Raises ValueError unless ``text`` is fourteen digits that are a moment."""
    if not re.fullmatch(r"\d{14}", text, re.ASCII):
        raise ValueError(f"{text!r} is no yyyyMMddHHmmss")
    return datetime.strptime(text, _STAMP).replace(tzinfo=_VIETNAM).timestamp()
