"""The text inside a VietQR code: a NAPAS 247 transfer to one account, with amount and memo filled in.

Source: NAPAS, "QR code for the NAPAS 247 quick transfer service" v1.5.2, on EMVCo's field structure.
Only ASCII goes in: issuers disagree whether a length counts characters or bytes.
"""

import enum
import re
from dataclasses import dataclass

from payments.providers.vietqr.tlv import CRC_ID, InvalidPayload, crc, decode, encode

__all__ = ["InvalidPayload", "Service", "VietQR", "build", "parse"]

NAPAS_GUID = "A000000727"
PURPOSE_LENGTH = 25

_VERSION, _METHOD, _MERCHANT, _CURRENCY, _AMOUNT, _COUNTRY, _EXTRA = "00", "01", "38", "53", "54", "58", "62"
_BILL_NUMBER, _PURPOSE = "01", "08"
_STATIC, _DYNAMIC = "11", "12"
_VND, _VIETNAM = "704", "VN"

_RULES = {
    "bank BIN": re.compile(r"[0-9]{6}"),
    "account": re.compile(r"[0-9A-Za-z]{1,19}"),
    "amount": re.compile(r"[1-9][0-9]{0,12}"),
    "purpose": re.compile(rf"[ -~]{{0,{PURPOSE_LENGTH}}}"),
    "bill number": re.compile(r"[ -~]{0,25}"),
}


class Service(enum.StrEnum):
    """What ``account`` is: a bank account or a card number."""

    ACCOUNT = "QRIBFTTA"
    CARD = "QRIBFTTC"


@dataclass(frozen=True, kw_only=True)
class VietQR:
    """A transfer as a bank app reads it from the code. ``amount`` is in đồng; None: the payer types it."""

    bank_bin: str
    account: str
    amount: int | None = None
    purpose: str = ""
    bill_number: str = ""
    service: Service = Service.ACCOUNT


def build(
    *,
    bank_bin: str,
    account: str,
    amount: int | None = None,
    purpose: str = "",
    bill_number: str = "",
    service: Service = Service.ACCOUNT,
) -> str:
    """Return the payload to draw as a QR code; with ``amount`` (đồng) it is a one-time, "dynamic" code.

    Raises InvalidPayload for a value that does not fit its field.
    """
    money = "" if amount is None else _checked("amount", str(amount))
    beneficiary = [("00", _checked("bank BIN", bank_bin)), ("01", _checked("account", account))]
    extra = [(_BILL_NUMBER, _checked("bill number", bill_number)), (_PURPOSE, _checked("purpose", purpose))]
    body = encode(
        [
            (_VERSION, "01"),
            (_METHOD, _DYNAMIC if money else _STATIC),
            (_MERCHANT, encode([("00", NAPAS_GUID), ("01", encode(beneficiary)), ("02", Service(service))])),
            (_CURRENCY, _VND),
            (_AMOUNT, money),
            (_COUNTRY, _VIETNAM),
            (_EXTRA, encode(extra)),
        ]
    )
    body += f"{CRC_ID}04"
    return body + crc(body)


def parse(payload: str) -> VietQR:
    """Read a payload back, refusing whatever a careful bank app would refuse.

    Fields that say nothing about the transfer (merchant name, city, …) are allowed and ignored.
    Raises InvalidPayload.
    """
    fields = _verified_fields(payload)
    money = fields.get(_AMOUNT)
    _check_frame(fields, has_amount=money is not None)
    bank_bin, account, service = _beneficiary(fields)
    extra = decode(fields.get(_EXTRA, ""))
    return VietQR(
        bank_bin=bank_bin,
        account=account,
        amount=None if money is None else int(_checked("amount", money)),
        purpose=_checked("purpose", extra.get(_PURPOSE, "")),
        bill_number=_checked("bill number", extra.get(_BILL_NUMBER, "")),
        service=service,
    )


def _verified_fields(payload: str) -> dict[str, str]:
    if not payload.isascii():
        raise InvalidPayload("only ASCII is allowed")
    body, mark, seal = payload[:-8], payload[-8:-4], payload[-4:]
    if mark != f"{CRC_ID}04" or seal != crc(body + mark):
        raise InvalidPayload("the checksum does not match")
    fields = decode(body)
    if next(iter(fields), None) != _VERSION or CRC_ID in fields:
        raise InvalidPayload("the version must come first, the checksum last and once")
    return fields


def _check_frame(fields: dict[str, str], *, has_amount: bool) -> None:
    wanted = {_VERSION: ("01",), _CURRENCY: (_VND,), _COUNTRY: (_VIETNAM,), _METHOD: (_STATIC, _DYNAMIC)}
    for id_, allowed in wanted.items():
        if fields.get(id_) not in allowed:
            raise InvalidPayload(f"field {id_} must be {' or '.join(allowed)}")
    if has_amount and fields[_METHOD] == _STATIC:
        raise InvalidPayload("a static code carries no amount")


def _beneficiary(fields: dict[str, str]) -> tuple[str, str, Service]:
    template = decode(fields.get(_MERCHANT, ""))
    inner = decode(template.get("01", ""))
    if template.get("00") != NAPAS_GUID or set(template) != {"00", "01", "02"} or set(inner) != {"00", "01"}:
        raise InvalidPayload("not a NAPAS 247 transfer")
    if template["02"] not in list(Service):
        raise InvalidPayload(f"unknown service {template['02']}")
    bank_bin, account = _checked("bank BIN", inner["00"]), _checked("account", inner["01"])
    return bank_bin, account, Service(template["02"])


def _checked(name: str, value: str) -> str:
    if not _RULES[name].fullmatch(value):
        raise InvalidPayload(f"{name} {value!r} is not allowed")
    return value
