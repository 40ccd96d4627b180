"""The control API, JSON in and out, for tests and scripted faults.

``POST /control/transfers``  {"payload": QR text, and optionally "amount", "memo", "direction": "in"|"out",
                              "delay_minutes", "forged", "truncated": bool, "copies": of the same event}
``POST /control/advance``    {"minutes": n}
``GET  /control/deliveries`` every notification with its attempts
"""

import json
from dataclasses import asdict
from typing import Any

from payments.simulators.bank import sepay
from payments.simulators.bank.deliveries import Courier, Delivery
from payments.simulators.bank.simulator import SETTLE_SECONDS, Simulator
from payments.simulators.bank.transfers import as_banks_write
from payments.simulators.bank.vietqr import read

Json = dict[str, Any]


def create_transfer(simulator: Simulator, order: Json) -> Json:
    """Send one bank transaction with the faults asked for. Raises ValueError on a senseless order."""
    raw = _body(order)
    secret = "guessed by somebody" if order.get("forged") else simulator.config.secret
    first = simulator.courier.clock.now() + int(order.get("delay_minutes", 0)) * 60
    for _ in range(int(order.get("copies", 1))):
        simulator.courier.add(Delivery(body=raw, secret=secret, first=first))
    simulator.courier.settle(SETTLE_SECONDS)
    return deliveries(simulator.courier)


def advance(simulator: Simulator, order: Json) -> Json:
    """Put the clock forward and wait for whatever became due."""
    simulator.courier.advance(float(order["minutes"]) * 60)
    simulator.courier.settle(sepay.ANSWER_SECONDS * len(sepay.RETRY_MINUTES))
    return deliveries(simulator.courier)


def deliveries(courier: Courier) -> Json:
    return {"deliveries": [_described(delivery) for delivery in courier.deliveries]}


def _body(order: Json) -> bytes:
    scanned = read(str(order["payload"]))
    raw = sepay.body(
        account=scanned.account,
        amount=int(order.get("amount", scanned.amount)),
        content=as_banks_write(str(order.get("memo", scanned.memo)), scanned.account),
        direction=str(order.get("direction", "in")),
        bank=scanned.bank,
    )
    return raw[: len(raw) // 2] if order.get("truncated") else raw


def _described(delivery: Delivery) -> Json:
    return {
        "body": delivery.body.decode(errors="replace"),
        "attempts": [asdict(attempt) for attempt in delivery.attempts],
        "delivered": delivery.delivered,
        "finished": delivery.finished,
        "due": delivery.due,
    }


def parse_order(raw: bytes) -> Json:
    """Raises ValueError unless ``raw`` is a JSON object."""
    order = json.loads(raw)
    if not isinstance(order, dict):
        raise ValueError("a JSON object is expected")
    return order
