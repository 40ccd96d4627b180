"""ZaloPay's API: create, query, refund, query_refund; forms out, JSON back, HTTP 200 whatever it says."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from payments.providers.base import Charge, ProviderError, RefundOrder
from payments.providers.hosts import Hosts
from payments.providers.plain_text import plain
from payments.providers.transport import Transport
from payments.providers.vietnam import local, milliseconds
from payments.providers.zalopay import codes, signature

TIME_TO_PAY = timedelta(minutes=15)
_SHORTEST, _LONGEST = 300, 2_592_000
"""Seconds that an order may live at ZaloPay."""
APP_USER = "khach"
"""ZaloPay asks for the shop's name of the buyer; who buys is none of its business."""


class ZaloPayClient:
    """Asks in the name of the app ``app_id``. Raises ProviderError when the answer is about the question."""

    def __init__(self, *, url: str, hosts: Hosts, app_id: int, key1: str) -> None:
        self.transport = Transport(url, hosts=hosts)
        self.app_id = app_id
        self.key1 = key1

    def create(self, charge: Charge) -> dict[str, object]:
        fields: dict[str, object] = {
            "app_id": self.app_id,
            "app_trans_id": transaction_id(charge),
            "app_user": APP_USER,
            "amount": charge.amount,
            "app_time": milliseconds(charge.opened_at),
            "embed_data": json.dumps({"redirecturl": charge.return_url}, separators=(",", ":")),
            "item": "[]",
        }
        unsigned = {
            "description": plain(charge.description, longest=256) or f"Thanh toan {charge.reference}",
            "callback_url": charge.notify_url,
            "expire_duration_seconds": _seconds_to_pay(charge),
            "bank_code": "",
        }
        return self._ask("/v2/create", fields, list(fields.values()), unsigned=unsigned)

    def query(self, charge: Charge) -> dict[str, object]:
        """The key is part of what is signed, too: it says so in ZaloPay's own samples."""
        fields = {"app_id": self.app_id, "app_trans_id": transaction_id(charge)}
        return self._ask("/v2/query", fields, [*fields.values(), self.key1])

    def refund(self, order: RefundOrder) -> dict[str, object]:
        """m_refund_id is not signed."""
        fields: dict[str, object] = {
            "app_id": self.app_id,
            "zp_trans_id": order.charge.provider_reference,
            "amount": order.amount,
            "description": plain(order.reason, longest=100) or f"Hoan tien {order.charge.reference}",
            "timestamp": milliseconds(datetime.now(UTC)),
        }
        unsigned = {"m_refund_id": self.refund_id(order)}
        return self._ask("/v2/refund", fields, list(fields.values()), unsigned=unsigned)

    def query_refund(self, order: RefundOrder) -> dict[str, object]:
        fields: dict[str, object] = {
            "app_id": self.app_id,
            "m_refund_id": self.refund_id(order),
            "timestamp": milliseconds(datetime.now(UTC)),
        }
        return self._ask("/v2/query_refund", fields, list(fields.values()))

    def refund_id(self, order: RefundOrder) -> str:
        """The same for the same refund: date it was begun, app, digits drawn from its key."""
        drawn = int(hashlib.sha256(order.key.encode()).hexdigest(), 16) % 10**16
        return f"{local(order.opened_at, '%y%m%d')}_{self.app_id}_{drawn:016d}"

    def _ask(
        self,
        path: str,
        fields: Mapping[str, object],
        signed: Sequence[object],
        *,
        unsigned: Mapping[str, object] | None = None,
    ) -> dict[str, object]:
        mac = signature.mac(signed, self.key1)
        said = self.transport.post_form(path, {**fields, **(unsigned or {}), "mac": mac})
        code, sub = said.get("return_code"), said.get("sub_return_code")
        if code not in (codes.OK, codes.FAILED, codes.PROCESSING):
            raise ProviderError("ZaloPay's answer has no return_code", permanent=False)
        if code != codes.OK and (sub in codes.MISCONFIGURED or sub in codes.BUSY):
            raise ProviderError(f"ZaloPay answered {code} {sub}", permanent=sub in codes.MISCONFIGURED)
        return said


def transaction_id(charge: Charge) -> str:
    """ZaloPay's name of the payment: the day it was begun in Vietnam, and our reference."""
    return f"{local(charge.opened_at, '%y%m%d')}_{charge.reference}"


def _seconds_to_pay(charge: Charge) -> int:
    ends = charge.expires_at or charge.opened_at + TIME_TO_PAY
    return min(max(int((ends - charge.opened_at).total_seconds()), _SHORTEST), _LONGEST)
