"""SePay's webhook body, one bank transaction per call.

Source: developer.sepay.vn/en/sepay-webhooks (fields of tich-hop-webhook, read 2026-11). Amounts are đồng;
``transactionDate`` is Vietnamese local time without a zone.
"""

import enum
import json
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
LARGEST_INTEGER = 2**63 - 1
"""PostgreSQL's bigint; anything above is nonsense and must not reach a query."""


LONGEST_TEXT = 500
"""Characters kept of any text field; the raw body is stored whole elsewhere."""


class InvalidNotice(ValueError):
    """The body is not a SePay notification; the text says what is wrong."""


class TransferType(enum.StrEnum):
    """Direction seen from our account."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, kw_only=True)
class SePayNotice:
    """One transaction on our bank account. ``amount`` is đồng, above 0; ``transaction_date`` is aware."""

    id: int
    gateway: str
    transaction_date: datetime
    account_number: str
    sub_account: str
    code: str
    content: str
    transfer_type: TransferType
    amount: int
    reference_code: str


def parse(body: bytes) -> SePayNotice:
    """Read the raw body. Raises InvalidNotice on anything that cannot be taken at its word."""
    fields = _json_object(body)
    return SePayNotice(
        id=_positive_integer(fields, "id"),
        gateway=_text(fields, "gateway"),
        transaction_date=_local_time(_text(fields, "transactionDate")),
        account_number=_required_text(fields, "accountNumber"),
        sub_account=_text(fields, "subAccount"),
        code=_text(fields, "code"),
        content=_text(fields, "content"),
        transfer_type=_transfer_type(_text(fields, "transferType")),
        amount=_positive_integer(fields, "transferAmount"),
        reference_code=_text(fields, "referenceCode"),
    )


def _json_object(body: bytes) -> dict[str, object]:
    try:
        fields = json.loads(body, object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        raise InvalidNotice(f"not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise InvalidNotice("not a JSON object")
    return fields


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise InvalidNotice("a field appears twice")
    return fields


def _positive_integer(fields: dict[str, object], name: str) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LARGEST_INTEGER:
        raise InvalidNotice(f"{name} must be a whole number above 0")
    return value


def _text(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidNotice(f"{name} must be text")
    # Banks put line breaks and worse into memos; PostgreSQL refuses NUL. Neither may cost us the notice.
    return "".join(character if character.isprintable() else " " for character in value[:LONGEST_TEXT])


def _required_text(fields: dict[str, object], name: str) -> str:
    value = _text(fields, name)
    if not value:
        raise InvalidNotice(f"{name} is missing")
    return value


def _local_time(value: str) -> datetime:
    try:
        return datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=VIETNAM)
    except ValueError as error:
        raise InvalidNotice(f"transactionDate {value!r} is not YYYY-MM-DD HH:MM:SS") from error


def _transfer_type(value: str) -> TransferType:
    try:
        return TransferType(value)
    except ValueError as error:
        raise InvalidNotice(f"transferType {value!r} is neither in nor out") from error
