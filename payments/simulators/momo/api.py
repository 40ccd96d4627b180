"""MoMo's five calls. The same requestId in the same words is answered as before; in others it is refused."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from payments.simulators.gateway.charges import (
    Act,
    Book,
    Charge,
    Duplicate,
    Impossible,
    Refund,
    RefundStatus,
    State,
    TooMuch,
)
from payments.simulators.momo import wire
from payments.simulators.momo.wire import Refusal

Json = dict[str, Any]
LEAST, MOST = 1_000, 50_000_000
"""Đồng, of a captureWallet payment and of a refund."""
LIFE_SECONDS = 100 * 60
"""[UNCONFIRMED 2026-11] how long a payment can be paid."""
RESULTS = {
    State.OPEN: wire.WAITING,
    State.PAID: wire.OK,
    State.CANCELLED: 1006,
    State.EXPIRED: 1005,
    State.INSUFFICIENT: 1001,
    State.HELD: wire.PROCESSING,
    State.BANK_ERROR: 1002,
    State.REVERSED: 1003,
    State.AUTHORIZED: wire.AUTHORIZED,
}
_REFUND_RESULTS = {
    RefundStatus.PENDING: wire.PROCESSING,
    RefundStatus.SUCCEEDED: wire.OK,
    RefundStatus.FAILED: wire.REFUND_FAILED,
}


class Api:
    """``keys``: partner code, access key, secret. ``capture(charge, act)`` carries out what confirm asks."""

    def __init__(
        self, book: Book, keys: tuple[str, str, str], capture: Callable[[Charge, Act], None]
    ) -> None:
        self._book = book
        self._keys = keys
        self._capture = capture
        self._answered: dict[str, tuple[Json, Json]] = {}
        self.calls: dict[str, Callable[[Json, str], Json]] = {
            "create": self._create,
            "query": self._query,
            "confirm": self._confirm,
            "refund": self._refund,
            "refund/query": self._query_refund,
        }

    def answer(self, call: str, body: bytes, own_url: str) -> Json:
        fields = _read(body)
        told = {name: fields.get(name, "") for name in ("partnerCode", "requestId", "orderId")}
        try:
            said = self.calls[call](fields, own_url)
        except Refusal as refusal:
            said = {"resultCode": refusal.code}
        whole = {
            **told,
            "amount": fields.get("amount", 0),
            "responseTime": self._milliseconds(),
            "message": wire.MESSAGES[said["resultCode"]],
            **said,
        }
        if call == "create":
            access_key, secret = self._keys[1:]
            whole["signature"] = wire.sign({**whole, "accessKey": access_key}, wire.CREATED, secret)
        return whole

    def _create(self, fields: Json, own_url: str) -> Json:
        wire.check(fields, wire.CREATE, keys=self._keys)
        before = self._said_before(fields)
        if before:
            return before
        amount = wire.amount(fields, least=LEAST, most=MOST)
        address = urlsplit(fields["ipnUrl"])
        if address.scheme not in ("http", "https") or address.query or not address.path.isascii():
            raise Refusal(wire.BAD_FORMAT)
        try:
            charge = self._book.add(self._charge(fields, amount))
        except Duplicate as error:
            raise Refusal(wire.REPEATED_ORDER) from error
        return self._remember(
            fields,
            {
                "amount": amount,
                "resultCode": wire.OK,
                "payUrl": f"{own_url}/pay/{charge.token}",
                "deeplink": f"momo://?action=payWithApp&t={charge.token}",
                "qrCodeUrl": f"momo-qr:{charge.token}",
            },
        )

    def _charge(self, fields: Json, amount: int) -> Charge:
        capture = fields.get("autoCapture", True)
        if not isinstance(capture, bool):
            raise Refusal(wire.BAD_FORMAT)
        return Charge(
            reference=fields["orderId"],
            amount=amount,
            description=fields["orderInfo"],
            return_url=fields["redirectUrl"],
            notify_url=fields["ipnUrl"],
            expires=self._book.clock.now() + LIFE_SECONDS,
            fields={
                **{name: str(fields[name]) for name in ("requestId", "extraData")},
                "autoCapture": str(capture),
            },
        )

    def _query(self, fields: Json, own_url: str) -> Json:
        wire.check(fields, wire.QUERY, keys=self._keys)
        charge = self._book.find(fields["orderId"])
        if charge is None:
            raise Refusal(wire.UNKNOWN_ORDER)
        return {
            "extraData": charge.fields["extraData"],
            "amount": charge.amount,
            "transId": charge.number,
            "payType": "qr",
            "resultCode": RESULTS[charge.state],
            "refundTrans": [_refund_row(refund) for refund in charge.refunds],
            "lastUpdated": int(charge.changed * 1000),
        }

    def _confirm(self, fields: Json, own_url: str) -> Json:
        """capture or cancel what was set aside, where the shop wanted to do that itself (autoCapture false)."""
        wire.check(fields, wire.CONFIRM, keys=self._keys)
        acts = {"capture": Act.PAY, "cancel": Act.REVERSE}
        charge = self._book.find(fields["orderId"])
        if fields["requestType"] not in acts:
            raise Refusal(wire.BAD_FORMAT)
        if charge is None or charge.state is not State.AUTHORIZED or captures_itself(charge):
            raise Refusal(wire.UNKNOWN_ORDER)
        if str(fields["amount"]) != str(charge.amount):
            raise Refusal(wire.BAD_AMOUNT)
        self._capture(charge, acts[fields["requestType"]])
        return {"transId": charge.number, "requestType": fields["requestType"], "resultCode": wire.OK}

    def _refund(self, fields: Json, own_url: str) -> Json:
        """Its own new orderId names it. Raises Refusal."""
        wire.check(fields, wire.REFUND, keys=self._keys)
        self._book.refunds_asked_for[fields["orderId"]] += 1
        before = self._said_before(fields)
        if before:
            return before
        amount = wire.amount(fields, least=LEAST, most=MOST)
        charge = self._book.of_number(str(fields["transId"]))
        if charge is None:
            raise Refusal(wire.UNKNOWN_ORDER)
        if self._book.find(fields["orderId"]):
            raise Refusal(wire.REPEATED_ORDER)
        try:
            refund = self._book.refund(charge, fields["orderId"], amount)
        except Duplicate as error:
            raise Refusal(wire.REPEATED_ORDER) from error
        except Impossible as error:
            raise Refusal(wire.NOT_REFUNDABLE) from error
        except TooMuch as error:
            raise Refusal(wire.REFUNDED_BEFORE) from error
        return self._remember(
            fields, {"amount": amount, "transId": refund.number, "resultCode": _REFUND_RESULTS[refund.status]}
        )

    def _query_refund(self, fields: Json, own_url: str) -> Json:
        """By the refund's orderId. [UNCONFIRMED 2026-11] signed as a query is."""
        wire.check(fields, wire.QUERY, keys=self._keys)
        found = self._book.find_refund(fields["orderId"])
        if found is None:
            raise Refusal(wire.UNKNOWN_ORDER)
        refund = found[1]
        row = _refund_row(refund)
        return {**row, "refundTrans": [row]}

    def _said_before(self, fields: Json) -> Json | None:
        """A finished answer to the very same request. Raises Refusal when its id was used for another."""
        asked, said = self._answered.get(fields["requestId"], (fields, None))
        if asked != fields:
            raise Refusal(wire.REPEATED_REQUEST)
        return said

    def _remember(self, fields: Json, said: Json) -> Json:
        self._answered[fields["requestId"]] = (fields, said)
        return said

    def _milliseconds(self) -> int:
        return int(self._book.clock.now() * 1000)


def captures_itself(charge: Charge) -> bool:
    """autoCapture, which is true unless the shop says otherwise: MoMo takes what it has set aside."""
    return charge.fields["autoCapture"] == str(True)


def _refund_row(refund: Refund) -> Json:
    return {
        "orderId": refund.id,
        "amount": refund.amount,
        "transId": refund.number,
        "resultCode": _REFUND_RESULTS[refund.status],
    }


def _read(body: bytes) -> Json:
    """Nothing at all when it is no JSON object: the checks then find every field missing."""
    try:
        fields = json.loads(body)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}
