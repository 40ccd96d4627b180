"""VNPAY's merchant API: querydr and refund, one URL, JSON, both directions signed.

The order of the signed values is the documentation's (truy-van-hoan-tien/querydr&refund).
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

from payments.providers.base import Charge, ProviderError, RefundOrder
from payments.providers.hosts import Hosts
from payments.providers.plain_text import plain
from payments.providers.transport import Transport
from payments.providers.vietnam import local
from payments.providers.vnpay import signature

STAMP = "%Y%m%d%H%M%S"
HUNDREDTHS = 100
"""VNPAY counts in hundredths of a đồng; nothing outside this package does."""
SERVER_IP = "127.0.0.1"
"""Asked for, but not documented as checked [UNCONFIRMED]; ours is behind a proxy and may change."""
_REQUEST = "RequestId Version Command TmnCode"
QUERY = f"{_REQUEST} TxnRef TransactionDate CreateDate IpAddr OrderInfo".split()
REFUND = (
    f"{_REQUEST} TransactionType TxnRef Amount TransactionNo TransactionDate "
    "CreateBy CreateDate IpAddr OrderInfo"
).split()
_ANSWER = (
    "ResponseId Command ResponseCode Message TmnCode TxnRef Amount BankCode PayDate TransactionNo "
    "TransactionType TransactionStatus OrderInfo"
)
QUERY_ANSWER = f"{_ANSWER} PromotionCode PromotionAmount".split()
REFUND_ANSWER = _ANSWER.split()


class VNPayClient:
    """Asks in the name of the terminal ``tmn_code``; answers are the fields as text, their hash verified."""

    def __init__(self, *, url: str, hosts: Hosts, tmn_code: str, secret: str) -> None:
        self.transport = Transport(url, hosts=hosts)
        self.tmn_code = tmn_code
        self.secret = secret

    def query(self, charge: Charge, *, transaction: str = "") -> dict[str, str]:
        """querydr for the payment, or for its refund ``transaction``. Raises ProviderError."""
        request = {
            **self._common(charge, command="querydr", request_id=uuid4().hex),
            "vnp_OrderInfo": f"Truy van {charge.reference}",
        }
        unsigned = {"vnp_TransactionNo": transaction} if transaction else {}
        return self._ask(charge, request, QUERY, answer=QUERY_ANSWER, unsigned=unsigned)

    def refund(self, order: RefundOrder) -> dict[str, str]:
        """Asks under the same request id whenever it is the same refund. Raises ProviderError."""
        request = {
            **self._common(order.charge, command="refund", request_id=request_id(order.key)),
            "vnp_TransactionType": "02" if order.is_full else "03",
            "vnp_Amount": str(order.amount * HUNDREDTHS),
            # VNPAY's own samples write 0 for a number that never reached the shop.
            "vnp_TransactionNo": order.charge.provider_reference or "0",
            "vnp_CreateBy": "nongsan",
            "vnp_OrderInfo": plain(order.reason, longest=200) or f"Hoan tien {order.charge.reference}",
        }
        return self._ask(order.charge, request, REFUND, answer=REFUND_ANSWER)

    def _common(self, charge: Charge, *, command: str, request_id: str) -> dict[str, str]:
        return {
            "vnp_RequestId": request_id,
            "vnp_Version": "2.1.0",
            "vnp_Command": command,
            "vnp_TmnCode": self.tmn_code,
            "vnp_TxnRef": charge.reference,
            "vnp_TransactionDate": local(charge.opened_at, STAMP),
            "vnp_CreateDate": local(datetime.now(UTC), STAMP),
            "vnp_IpAddr": SERVER_IP,
        }

    def _ask(
        self,
        charge: Charge,
        request: Mapping[str, str],
        names: list[str],
        *,
        answer: list[str],
        unsigned: Mapping[str, str] | None = None,
    ) -> dict[str, str]:
        signed = signature.sign_fields([request[f"vnp_{name}"] for name in names], self.secret)
        said = self.transport.post_json("", {**request, **(unsigned or {}), signature.HASH: signed})
        fields = {name: _text(said.get(f"vnp_{name}")) for name in answer}
        if not signature.verify_fields(list(fields.values()), _text(said.get(signature.HASH)), self.secret):
            raise ProviderError("VNPAY's answer is not signed by VNPAY", permanent=False)
        if (fields["TmnCode"], fields["Command"]) != (self.tmn_code, request["vnp_Command"]):
            raise ProviderError("VNPAY's answer belongs to another question", permanent=False)
        if fields["TxnRef"] not in ("", charge.reference):
            raise ProviderError("VNPAY's answer is about another payment", permanent=False)
        return fields


def request_id(key: str) -> str:
    """32 characters, VNPAY's longest, the same for the same refund."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _text(value: object) -> str:
    return "" if value is None else str(value)
