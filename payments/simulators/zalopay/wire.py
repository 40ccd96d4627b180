"""ZaloPay's MACs, codes and dates: HMAC-SHA256, lower-case hex, over values joined by ``|``.

Source: docs.zalopay.vn/v2, docs.zalopay.vn/docs/specs, beta-docs.zalopay.vn (status-codes), read 2026-11.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl

Json = dict[str, Any]
OK, FAILED, PROCESSING = 1, 2, 3
DUPLICATE, BAD_DATA, BAD_MAC = -68, -401, -402
EXPIRED, NO_MONEY, BANK_ERROR, UNKNOWN = -54, -63, -217, -101
CANCELLED = -49
"""[UNCONFIRMED 2026-11] no table that we have names the buyer's refusal; it is in recorded returns of such buyers."""
MESSAGES = {
    1: "Giao dịch thành công",
    DUPLICATE: "Trùng mã giao dịch",
    BAD_DATA: "Dữ liệu không hợp lệ",
    BAD_MAC: "app_id hoặc mac không đúng",
    EXPIRED: "Giao dịch hết hạn",
    NO_MONEY: "Số dư không đủ",
    BANK_ERROR: "Ngân hàng báo lỗi",
    UNKNOWN: "Không tìm thấy giao dịch",
    CANCELLED: "Người dùng hủy giao dịch",
    0: "Giao dịch đang được xử lý",
}
_VIETNAM = timezone(timedelta(hours=7))


class Refusal(Exception):
    """return_code 2 with ``code`` as sub_return_code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def mac(values: list[object], key: str) -> str:
    return hashed("|".join(str(value) for value in values), key)


def hashed(text: str, key: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def check_mac(fields: Mapping[str, str], names: str, key: str, *, app_id: int, also: str = "") -> None:
    """Raises Refusal. ``also`` is signed after the named fields; a missing field is bad data."""
    for name in ("mac", *names.split()):
        if name not in fields:
            raise Refusal(BAD_DATA)
    values: list[object] = [fields[name] for name in names.split()]
    ours = mac([*values, also] if also else values, key)
    if fields["app_id"] != str(app_id) or not hmac.compare_digest(ours.encode(), fields["mac"].encode()):
        raise Refusal(BAD_MAC)


def read(body: bytes, kind: str) -> dict[str, str]:
    """A form, or a JSON object whose numbers become text. Raises Refusal."""
    if kind != "application/json":
        return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    try:
        fields = json.loads(body)
    except ValueError as error:
        raise Refusal(BAD_DATA) from error
    if not isinstance(fields, dict):
        raise Refusal(BAD_DATA)
    return {name: str(value) for name, value in fields.items() if isinstance(value, str | int)}


def whole(text: str, *, least: int, most: int = 10**18) -> int:
    """Raises Refusal."""
    if not (re.fullmatch(r"\d{1,18}", text, re.ASCII) and least <= int(text) <= most):
        raise Refusal(BAD_DATA)
    return int(text)


def parsed(text: str, kind: type) -> Any:
    """JSON of that kind inside a field. Raises Refusal."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Refusal(BAD_DATA) from error
    if not isinstance(value, kind):
        raise Refusal(BAD_DATA)
    return value


def day(seconds: float) -> str:
    """yymmdd of Vietnam, which begins every id that a shop makes up."""
    return datetime.fromtimestamp(seconds, _VIETNAM).strftime("%y%m%d")
