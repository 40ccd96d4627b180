"""MoMo v2's signatures: HMAC-SHA256 over ``name=value&…`` in a fixed order, raw values, empty ones kept.

Source: developers.momo.vn/v3 (payment/api/wallet/onetime, result-handling/notification), read 2026-09. The
access key is signed but never sent back, so whoever verifies has to add it to the fields.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence

CREATE = [
    "accessKey",
    "amount",
    "extraData",
    "ipnUrl",
    "orderId",
    "orderInfo",
    "partnerCode",
    "redirectUrl",
    "requestId",
    "requestType",
]
CREATE_RESPONSE = [
    "accessKey",
    "amount",
    "orderId",
    "partnerCode",
    "payUrl",
    "requestId",
    "responseTime",
    "resultCode",
]
IPN = [
    "accessKey",
    "amount",
    "extraData",
    "message",
    "orderId",
    "orderInfo",
    "orderType",
    "partnerCode",
    "payType",
    "requestId",
    "responseTime",
    "resultCode",
    "transId",
]
QUERY = ["accessKey", "orderId", "partnerCode", "requestId"]
REFUND = ["accessKey", "amount", "description", "orderId", "partnerCode", "requestId", "transId"]
CONFIRM = ["accessKey", "amount", "description", "orderId", "partnerCode", "requestId", "requestType"]


def sign(fields: Mapping[str, object], names: Sequence[str], secret: str) -> str:
    """Lower-case hex over ``names`` of ``fields``; a missing one counts as empty. ValueError: no secret."""
    if not secret:
        raise ValueError("the MoMo secret is empty")
    text = "&".join(f"{name}={_text(fields.get(name))}" for name in names)
    return hmac.new(secret.encode(), text.encode(errors="surrogatepass"), hashlib.sha256).hexdigest()


def verify(fields: Mapping[str, object], names: Sequence[str], secret: str) -> bool:
    """Is ``fields["signature"]`` the one of ``names``, all of which have to be there?"""
    given = fields.get("signature")
    if not secret or not isinstance(given, str) or any(name not in fields for name in names):
        return False
    if _has_two_readings(fields, names):
        return False
    # Compared as bytes: compare_digest refuses text outside ASCII.
    return hmac.compare_digest(sign(fields, names, secret).encode(), given.encode(errors="replace"))


def _has_two_readings(fields: Mapping[str, object], names: Sequence[str]) -> bool:
    """Values are joined raw: one that holds "&<name>=" lets two different sets of fields look the same."""
    marks = [f"&{name}=" for name in names]
    return any(mark in _text(fields[name]) for mark in marks for name in names)


def _text(value: object) -> str:
    return "" if value is None else str(value)
