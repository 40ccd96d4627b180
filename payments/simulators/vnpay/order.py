"""The request a buyer arrives with: every field is checked before a payment is opened."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from payments.simulators.deliveries import Clock
from payments.simulators.gateway.charges import Charge
from payments.simulators.vnpay import wire

MINIMUM, BELOW = 5_000, 1_000_000_000
"""Đồng; the words of VNPAY's own page [UNCONFIRMED 2026-11: no document has them]."""
AHEAD_SECONDS = 15 * 60
"""How far a shop's clock may be ahead."""
_FIELDS = {
    "vnp_Version": r"2\.1\.0",
    "vnp_Command": r"pay",
    "vnp_TmnCode": r"\w{8}",
    "vnp_Amount": r"\d{1,12}",
    "vnp_CurrCode": r"VND",
    "vnp_TxnRef": r"[\w.:-]{1,100}",
    "vnp_OrderInfo": r"[\w .,:;()/#@+%-]{1,255}",
    "vnp_OrderType": r"\w{1,100}",
    "vnp_Locale": r"vn|en",
    "vnp_ReturnUrl": r"https?://\S{3,247}",
    "vnp_IpAddr": r"[0-9a-fA-F.:]{7,45}",
    "vnp_CreateDate": r"\d{14}",
    "vnp_ExpireDate": r"\d{14}",
}


class Rejected(ValueError):
    """``code`` is shown on VNPAY's error page: 01 is documented, 03, 15 and 70 are [UNCONFIRMED 2026-11]."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


def read(query: str, *, tmn_code: str, secret: str, clock: Clock) -> Charge:
    """The payment asked for. Raises Rejected."""
    fields = _once(query)
    if not wire.query_is_genuine(fields, secret):
        raise Rejected("70", "Sai chữ ký: vnp_SecureHash không khớp.")
    _check(fields, tmn_code)
    amount, expires = _amount(fields), _expiry(fields, clock.real())
    return Charge(
        reference=fields["vnp_TxnRef"],
        amount=amount,
        description=fields["vnp_OrderInfo"],
        return_url=fields["vnp_ReturnUrl"],
        notify_url="",
        expires=clock.from_real(expires),
        fields=fields,
    )


def _once(query: str) -> dict[str, str]:
    pairs = parse_qsl(query, keep_blank_values=True)
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Rejected("03", "Một trường được gửi hai lần.")
    return fields


def _check(fields: Mapping[str, str], tmn_code: str) -> None:
    if "vnp_SecureHashType" in fields or "" in fields.values():
        raise Rejected("03", "Không được gửi vnp_SecureHashType hay trường rỗng.")
    for name, pattern in _FIELDS.items():
        if not re.fullmatch(pattern, fields.get(name, ""), re.ASCII):
            raise Rejected("03", f"Sai định dạng: {name}.")
    if fields["vnp_TmnCode"] != tmn_code:
        raise Rejected("03", "Không có website nào mang vnp_TmnCode này.")


def _amount(fields: Mapping[str, str]) -> int:
    amount, rest = divmod(int(fields["vnp_Amount"]), wire.HUNDREDTHS)
    if rest or not MINIMUM <= amount < BELOW:
        raise Rejected("03", "Số tiền không hợp lệ: từ 5.000 đến dưới 1 tỷ đồng, nhân 100.")
    return amount


def _expiry(fields: Mapping[str, str], now: float) -> float:
    try:
        created, expires = wire.seconds(fields["vnp_CreateDate"]), wire.seconds(fields["vnp_ExpireDate"])
    except ValueError as error:
        raise Rejected("03", f"Ngày giờ không hợp lệ: {error}.") from error
    if created > now + AHEAD_SECONDS or expires <= created:
        raise Rejected("03", "vnp_CreateDate và vnp_ExpireDate phải theo giờ Việt Nam (GMT+7).")
    if expires <= now:
        raise Rejected("15", "Đã quá thời gian chờ thanh toán (vnp_ExpireDate, giờ Việt Nam).")
    return expires
