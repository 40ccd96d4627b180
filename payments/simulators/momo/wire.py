"""What MoMo signs: named values, raw, as ``k=v`` joined by ``&``; HMAC-SHA256, lower-case hex.

Source: developers.momo.vn/v3 (wallet/onetime, result-handling/notification, payment-api/refund) and MoMo's own
Postman collection, read 2026-11. ``accessKey`` is signed but never in a notification.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping

CREATE = "accessKey amount extraData ipnUrl orderId orderInfo partnerCode redirectUrl requestId requestType"
CREATED = "accessKey amount orderId partnerCode payUrl requestId responseTime resultCode"
IPN = (
    "accessKey amount extraData message orderId orderInfo orderType partnerCode payType requestId "
    "responseTime resultCode transId"
)
QUERY = "accessKey orderId partnerCode requestId"
CONFIRM = "accessKey amount description orderId partnerCode requestId requestType"
REFUND = "accessKey amount description orderId partnerCode requestId transId"

OK, AUTHORIZED, WAITING, PROCESSING = 0, 9000, 1000, 7002
BAD_SIGNATURE, BAD_FORMAT, BAD_AMOUNT = 13, 20, 22
REPEATED_REQUEST, REPEATED_ORDER, UNKNOWN_ORDER = 40, 41, 42
REFUND_FAILED, REFUNDED_BEFORE, NOT_REFUNDABLE = 1080, 1081, 1088
MESSAGES = {
    OK: "Successful.",
    AUTHORIZED: "Transaction is authorized successfully.",
    WAITING: "Transaction is initiated, waiting for user confirmation.",
    PROCESSING: "Transaction is being processed.",
    BAD_SIGNATURE: "Merchant authentication failed.",
    BAD_FORMAT: "Bad format request.",
    BAD_AMOUNT: "Amount is out of range.",
    REPEATED_REQUEST: "Duplicated requestId.",
    REPEATED_ORDER: "Duplicated orderId.",
    UNKNOWN_ORDER: "OrderId is not found.",
    1001: "Insufficient funds.",
    1002: "Transaction rejected by the issuer of the payment method.",
    1003: "Transaction cancelled after successfully authorized.",
    1005: "Transaction is expired.",
    1006: "Transaction is denied by user.",
    REFUND_FAILED: "Refund attempt failed, try again later.",
    REFUNDED_BEFORE: "Refund is rejected: refunded before, or over the amount.",
    NOT_REFUNDABLE: "The original transaction cannot be refunded.",
}
_ORDER_ID = re.compile(r"[0-9a-zA-Z]([-_.]*[0-9a-zA-Z]+)*", re.ASCII)


class Refusal(Exception):
    """An answer with ``code`` as its resultCode."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def sign(fields: Mapping[str, object], names: str, secret: str) -> str:
    text = "&".join(f"{name}={fields.get(name, '')}" for name in names.split())
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def check(fields: Mapping[str, object], names: str, *, keys: tuple[str, str, str]) -> None:
    """Refuses what lacks a field, is another partner's, or is not signed by it. ``keys``: code, access, secret."""
    partner, access_key, secret = keys
    for name in names.split():
        if name != "accessKey" and not isinstance(fields.get(name), str | int):
            raise Refusal(BAD_FORMAT)
    ours = sign({**fields, "accessKey": access_key}, names, secret)
    theirs = str(fields.get("signature", ""))
    if fields["partnerCode"] != partner or not hmac.compare_digest(ours.encode(), theirs.encode()):
        raise Refusal(BAD_SIGNATURE)
    request, order = str(fields["requestId"]), str(fields["orderId"])
    if not 0 < len(request) <= 50 or len(order) > 200 or not _ORDER_ID.fullmatch(order):
        raise Refusal(BAD_FORMAT)


def amount(fields: Mapping[str, object], *, least: int, most: int) -> int:
    """Đồng. The official samples write the number as text too."""
    text = str(fields["amount"])
    if not (text.isascii() and text.isdecimal()):
        raise Refusal(BAD_FORMAT)
    if not least <= int(text) <= most:
        raise Refusal(BAD_AMOUNT)
    return int(text)
