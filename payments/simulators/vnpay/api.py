"""querydr and refund: one URL, JSON, the values joined by ``|`` and hashed in both directions."""

import json
from collections.abc import Mapping

from payments.simulators.gateway.charges import (
    Book,
    Charge,
    Duplicate,
    Impossible,
    Refund,
    RefundStatus,
    TooMuch,
)
from payments.simulators.vnpay import states, wire

_SENT = "RequestId Version Command TmnCode"
_QUERY = f"{_SENT} TxnRef TransactionDate CreateDate IpAddr OrderInfo".split()
_OF_REFUND = (
    "TransactionType TxnRef Amount TransactionNo TransactionDate CreateBy CreateDate IpAddr OrderInfo"
)
_REFUND = f"{_SENT} {_OF_REFUND}".split()
_ANSWER = (
    "ResponseId Command ResponseCode Message TmnCode TxnRef Amount BankCode PayDate TransactionNo "
    "TransactionType TransactionStatus OrderInfo"
)
_REFUND_ANSWER = _ANSWER.split()
_QUERY_ANSWER = [*_REFUND_ANSWER, "PromotionCode", "PromotionAmount"]
_WORDS = {
    "00": "Success",
    "02": "Invalid TmnCode",
    "03": "Invalid format",
    "91": "Transaction not found",
    "94": "Duplicate request",
    "95": "Original transaction was not successful",
    "97": "Invalid checksum",
    "99": "Other error",
}
_REFUND_STATUS = {RefundStatus.PENDING: "05", RefundStatus.SUCCEEDED: "06", RefundStatus.FAILED: "09"}


class Refusal(Exception):
    """The argument is the vnp_ResponseCode."""


class Api:
    def __init__(self, book: Book, *, tmn_code: str, secret: str) -> None:
        self._book = book
        self._tmn_code = tmn_code
        self._secret = secret
        self._seen: set[str] = set()

    def answer(self, body: bytes) -> dict[str, str]:
        fields = _read(body)
        command = fields.get("Command", "")
        names = _REFUND_ANSWER if command == "refund" else _QUERY_ANSWER
        try:
            said = {"ResponseCode": "00", **self._carry_out(command, fields)}
        except Refusal as refusal:
            said = {"ResponseCode": str(refusal)}
        said |= {
            "ResponseId": f"R{fields.get('RequestId', '')}"[:32],
            "Command": command,
            "Message": _WORDS[said["ResponseCode"]],
            "TmnCode": self._tmn_code,
            "TxnRef": fields.get("TxnRef", ""),
        }
        values = [said.get(name, "") for name in names]
        whole = {f"vnp_{name}": value for name, value in zip(names, values, strict=True) if value}
        return {**whole, wire.HASH: wire.pipe_hash(values, self._secret)}

    def _carry_out(self, command: str, fields: Mapping[str, str]) -> dict[str, str]:
        names = {"querydr": _QUERY, "refund": _REFUND}.get(command)
        if names is None:
            raise Refusal("03")
        # A number the shop never learnt is hashed as 0, as VNPAY's own samples do.
        values = [fields.get(name, "0" if name == "TransactionNo" else "") for name in names]
        if wire.pipe_hash(values, self._secret) != fields.get("SecureHash"):
            raise Refusal("97")
        if fields["TmnCode"] != self._tmn_code:
            raise Refusal("02")
        if "" in values or len(fields["RequestId"]) > 32 or fields["Version"] != "2.1.0":
            raise Refusal("03")
        charge = self._original(fields)
        if command == "refund":
            return self._refund(charge, fields)
        if fields["RequestId"] in self._seen:
            raise Refusal("94")
        self._seen.add(fields["RequestId"])
        return self._query(charge, fields)

    def _original(self, fields: Mapping[str, str]) -> Charge:
        charge = self._book.find(fields["TxnRef"])
        if charge is None or charge.fields["vnp_CreateDate"] != fields["TransactionDate"]:
            raise Refusal("91")
        return charge

    def _query(self, charge: Charge, fields: Mapping[str, str]) -> dict[str, str]:
        """The transaction whose number is given, else the latest one: a refund, where there is one.

        [UNCONFIRMED 2026-11] that the number chooses; it is in the body but not in the hash.
        """
        number = fields.get("TransactionNo", "0")
        chosen = [one for one in charge.refunds if number in ("0", str(one.number))]
        if chosen:
            return _refund_row(charge, chosen[-1])
        return {
            "Amount": str(charge.amount * wire.HUNDREDTHS),
            "BankCode": states.BANK,
            "PayDate": wire.stamp(charge.changed),
            "TransactionNo": str(charge.number),
            "TransactionType": "01",
            "TransactionStatus": states.CODES[charge.state][1],
            "OrderInfo": charge.description,
        }

    def _refund(self, charge: Charge, fields: Mapping[str, str]) -> dict[str, str]:
        """94 means that it was requested before, so what was refused may be asked for again under its id."""
        self._book.refunds_asked_for[fields["RequestId"]] += 1
        amount, rest = divmod(_whole(fields["Amount"]), wire.HUNDREDTHS)
        full = amount == charge.amount
        if rest or fields["TransactionType"] != ("02" if full else "03"):
            raise Refusal("03")
        if fields.get("TransactionNo", "0") not in ("0", str(charge.number)):
            raise Refusal("91")
        try:
            refund = self._book.refund(charge, fields["RequestId"], amount)
        except Duplicate as error:
            raise Refusal("94") from error
        except Impossible as error:
            raise Refusal("95") from error
        except TooMuch as error:
            # All of it was asked for before, or more than there is: no code is documented for the latter.
            raise Refusal("94" if not charge.left else "99") from error
        return {**_refund_row(charge, refund), "OrderInfo": fields["OrderInfo"]}


def _refund_row(charge: Charge, refund: Refund) -> dict[str, str]:
    return {
        "Amount": str(refund.amount * wire.HUNDREDTHS),
        "BankCode": states.BANK,
        "PayDate": wire.stamp(charge.changed),
        "TransactionNo": str(refund.number),
        "TransactionType": "02" if refund.full else "03",
        "TransactionStatus": _REFUND_STATUS[refund.status],
        "OrderInfo": charge.description,
    }


def _read(body: bytes) -> dict[str, str]:
    """The fields without their prefix; none at all when it is no JSON object."""
    try:
        sent = json.loads(body)
    except ValueError:
        return {}
    fields = sent if isinstance(sent, dict) else {}
    return {str(name).removeprefix("vnp_"): str(value) for name, value in fields.items()}


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise Refusal("03")
    return int(text)
