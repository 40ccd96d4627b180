"""VNPAY 2.1.0's signatures: HMAC-SHA512, lower-case hex.

The pay URL and what VNPAY reports are signed over the sorted, form-encoded ``vnp_`` fields without the hash and
without empty ones; the API's requests and answers over their values joined by "|".
Source: sandbox.vnpayment.vn/apis/docs (thanh-toan-pay, chuyen-doi-thuat-toan), read 2026-09.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import quote_plus

HASH = "vnp_SecureHash"
_UNSIGNED = {HASH, "vnp_SecureHashType"}


def signed_fields(params: Mapping[str, str]) -> dict[str, str]:
    """Those that the hash vouches for. Anybody may have added the others, and nothing may be read from them."""
    return {
        name: value
        for name, value in params.items()
        if name.startswith("vnp_") and name not in _UNSIGNED and value
    }


def canonical(params: Mapping[str, str]) -> str:
    """What is signed, which is also the query that is sent. Values as they are: no number is touched."""
    return "&".join(
        f"{_encoded(name)}={_encoded(value)}" for name, value in sorted(signed_fields(params).items())
    )


def sign_query(params: Mapping[str, str], secret: str) -> str:
    """The hash of a pay URL or of a report. Raises ValueError for an empty secret."""
    return _hash(canonical(params), secret)


def verify_query(params: Mapping[str, str], secret: str) -> bool:
    """Is ``vnp_SecureHash`` the one of these decoded fields? Upper-case hex is not how VNPAY writes it."""
    return bool(secret) and _same(sign_query(params, secret), params.get(HASH, ""))


def sign_fields(values: Sequence[str], secret: str) -> str:
    """The hash of an API request or answer, its values in the documented order, "" for a missing one."""
    return _hash("|".join(values), secret)


def verify_fields(values: Sequence[str], signature: str, secret: str) -> bool:
    """A value that holds the separator could be another one's part: nothing signed vouches for where it ends."""
    is_clear = bool(secret) and not any("|" in value for value in values)
    return is_clear and _same(sign_fields(values, secret), signature)


def _encoded(text: str) -> str:
    # A forger may send half a surrogate pair: that has to be a wrong signature, not a crash.
    return quote_plus(text, errors="surrogatepass")


def _hash(text: str, secret: str) -> str:
    if not secret:
        raise ValueError("the VNPAY secret is empty")
    return hmac.new(secret.encode(), text.encode(errors="surrogatepass"), hashlib.sha512).hexdigest()


def _same(expected: str, given: str) -> bool:
    # Compared as bytes: compare_digest refuses text outside ASCII.
    return hmac.compare_digest(expected.encode(), given.encode(errors="replace"))
