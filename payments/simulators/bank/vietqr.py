"""What the pretended bank app reads from a scanned VietQR code (EMVCo fields, NAPAS template 38)."""

from dataclasses import dataclass

BANKS = {
    "970436": "Vietcombank",
    "970415": "VietinBank",
    "970418": "BIDV",
    "970405": "Agribank",
    "970407": "Techcombank",
    "970422": "MB Bank",
    "970416": "ACB",
    "970403": "Sacombank",
}


class UnreadableCode(ValueError):
    """The text is no VietQR transfer; the message is for the person holding the phone."""


@dataclass(frozen=True)
class Scanned:
    """A transfer as scanned; ``amount`` is in đồng."""

    bank_bin: str
    account: str
    amount: int
    memo: str

    @property
    def bank(self) -> str:
        return BANKS.get(self.bank_bin, f"Ngân hàng {self.bank_bin}")


def read(payload: str) -> Scanned:
    """Raises UnreadableCode when the code is damaged, is no transfer, or leaves the amount open."""
    try:
        if _checksum(payload[:-4]) != payload[-4:]:
            raise UnreadableCode("Mã QR bị sai hoặc bị cắt mất một phần (không khớp mã kiểm tra).")
        fields = _fields(payload)
        merchant = _fields(fields["38"])
        receiver = _fields(merchant["01"])
        memo = _fields(fields.get("62", "")).get("08", "")
        amount = int(fields.get("54", "0"))
    except (KeyError, IndexError, ValueError) as error:
        if isinstance(error, UnreadableCode):
            raise
        raise UnreadableCode("Đây không phải mã VietQR chuyển tiền.") from error
    if merchant.get("00") != "A000000727" or amount <= 0:
        raise UnreadableCode("Mã này không phải lệnh chuyển tiền NAPAS 247 có ghi sẵn số tiền.")
    return Scanned(bank_bin=receiver["00"], account=receiver["01"], amount=amount, memo=memo)


def _fields(text: str) -> dict[str, str]:
    fields = {}
    while text:
        size = int(text[2:4])
        fields[text[:2]] = text[4 : 4 + size]
        text = text[4 + size :]
    return fields


def _checksum(text: str) -> str:
    register = 0xFFFF
    for byte in text.encode():
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1) ^ (0x1021 if register & 0x8000 else 0)
        register &= 0xFFFF
    return f"{register:04X}"
