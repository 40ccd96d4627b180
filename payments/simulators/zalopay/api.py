"""ZaloPay's four calls, form or JSON. HTTP says 200 whatever happens; return_code says the rest."""

import re

from payments.simulators.gateway.charges import (
    Book,
    Charge,
    Duplicate,
    Impossible,
    RefundStatus,
    State,
    TooMuch,
)
from payments.simulators.zalopay import wire
from payments.simulators.zalopay.wire import Json, Refusal

SKEW_SECONDS = 15 * 60
USUAL_LIFE, SHORTEST_LIFE, LONGEST_LIFE = 900, 300, 2_592_000
"""Seconds that an order can be paid."""
_STATES = {
    State.OPEN: (wire.PROCESSING, 0),
    State.HELD: (wire.PROCESSING, 0),
    State.PAID: (wire.OK, 1),
    State.CANCELLED: (wire.FAILED, wire.CANCELLED),
    State.EXPIRED: (wire.FAILED, wire.EXPIRED),
    State.INSUFFICIENT: (wire.FAILED, wire.NO_MONEY),
    State.BANK_ERROR: (wire.FAILED, wire.BANK_ERROR),
    # No document names a code for what was taken and given back [UNCONFIRMED 2026-11].
    State.REVERSED: (wire.FAILED, wire.BANK_ERROR),
}
_REFUNDS = {
    RefundStatus.PENDING: (wire.PROCESSING, 0),
    RefundStatus.SUCCEEDED: (wire.OK, 1),
    RefundStatus.FAILED: (wire.FAILED, wire.BANK_ERROR),
}


class Api:
    def __init__(self, book: Book, *, app_id: int, key1: str) -> None:
        self._book = book
        self._app_id = app_id
        self._key1 = key1

    def answer(self, call: str, body: bytes, *, kind: str, own_url: str) -> Json:
        try:
            fields = wire.read(body, kind)
            match call:
                case "create":
                    return self._create(fields, own_url)
                case "query":
                    return self._query(fields)
                case "refund":
                    return self._refund(fields)
                case _:
                    return self._query_refund(fields)
        except Refusal as refusal:
            return _said(wire.FAILED, refusal.code)

    def _create(self, fields: dict[str, str], own_url: str) -> Json:
        names = "app_id app_trans_id app_user amount app_time embed_data item"
        wire.check_mac(fields, names, self._key1, app_id=self._app_id)
        try:
            charge = self._book.add(self._charge(fields))
        except Duplicate as error:
            raise Refusal(wire.DUPLICATE) from error
        return {
            **_said(wire.OK, 1),
            "zp_trans_token": charge.token,
            "order_url": f"{own_url}/pay/{charge.token}",
            "order_token": charge.token,
            "qr_code": f"zalopay-qr:{charge.token}",
        }

    def _charge(self, fields: dict[str, str]) -> Charge:
        """Every field checked. Raises Refusal."""
        clock, name = self._book.clock, fields["app_trans_id"]
        days = {wire.day(clock.real()), wire.day(clock.real() - SKEW_SECONDS)}
        if not re.fullmatch(r"\d{6}_[\w-]{1,33}", name, re.ASCII) or name[:6] not in days:
            raise Refusal(wire.BAD_DATA)
        if abs(wire.whole(fields["app_time"], least=0) / 1000 - clock.real()) > SKEW_SECONDS:
            raise Refusal(wire.BAD_DATA)
        if not 0 < len(fields["app_user"]) <= 50 or not 0 < len(fields.get("description", "")) <= 256:
            raise Refusal(wire.BAD_DATA)
        wire.parsed(fields["item"], list)
        life = fields.get("expire_duration_seconds", str(USUAL_LIFE))
        return Charge(
            reference=name,
            amount=wire.whole(fields["amount"], least=1),
            description=fields["description"],
            return_url=str(wire.parsed(fields["embed_data"], dict).get("redirecturl", "")),
            notify_url=fields.get("callback_url", ""),
            expires=clock.now() + wire.whole(life, least=SHORTEST_LIFE, most=LONGEST_LIFE),
            fields=fields,
        )

    def _query(self, fields: dict[str, str]) -> Json:
        # key1 is a part of the signed text as well as its key.
        wire.check_mac(fields, "app_id app_trans_id", self._key1, app_id=self._app_id, also=self._key1)
        charge = self._book.find(fields["app_trans_id"])
        if charge is None:
            raise Refusal(wire.UNKNOWN)
        paid = charge.state is State.PAID
        return {
            **_said(*_STATES[charge.state]),
            "is_processing": charge.state is State.HELD,
            "amount": charge.amount,
            "discount_amount": 0,
            "zp_trans_id": charge.number if paid else 0,
            "server_time": int(self._book.clock.now() * 1000),
        }

    def _refund(self, fields: dict[str, str]) -> Json:
        fee = "refund_fee_amount " if "refund_fee_amount" in fields else ""
        names = f"app_id zp_trans_id amount {fee}description timestamp"
        wire.check_mac(fields, names, self._key1, app_id=self._app_id)
        name = fields.get("m_refund_id", "")
        if not re.fullmatch(rf"\d{{6}}_{self._app_id}_\w{{1,30}}", name, re.ASCII):
            raise Refusal(wire.BAD_DATA)
        self._book.refunds_asked_for[name] += 1
        charge = self._book.of_number(fields["zp_trans_id"])
        if charge is None:
            raise Refusal(wire.UNKNOWN)
        amount = wire.whole(fields["amount"], least=1)
        try:
            refund = self._book.refund(charge, name, amount)
        except Duplicate as error:
            raise Refusal(wire.DUPLICATE) from error
        except Impossible as error:
            raise Refusal(wire.UNKNOWN) from error
        except TooMuch as error:
            # No code is documented for more than there is [UNCONFIRMED 2026-11].
            raise Refusal(wire.BAD_DATA) from error
        return {**_said(wire.PROCESSING, 0), "refund_id": refund.number}

    def _query_refund(self, fields: dict[str, str]) -> Json:
        wire.check_mac(fields, "app_id m_refund_id timestamp", self._key1, app_id=self._app_id)
        found = self._book.find_refund(fields["m_refund_id"])
        if found is None:
            raise Refusal(wire.UNKNOWN)
        return _said(*_REFUNDS[found[1].status])


def _said(code: int, sub: int) -> Json:
    return {
        "return_code": code,
        "return_message": wire.MESSAGES[1 if code == wire.OK else sub],
        "sub_return_code": sub,
        "sub_return_message": wire.MESSAGES[sub],
    }
