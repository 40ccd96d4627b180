"""What Casso's webhook v2 sends for one bank transaction.

``X-Casso-Signature: t=<ms>,v1=<hex>`` is HMAC-SHA512 over ``t.`` and the whole body as compact JSON with every
object's keys sorted, whatever order and spaces were sent. Source: casso.vn, webhook v2 (read 2026-11).
"""

import hashlib
import hmac
import json
import time

from payments.simulators.bank.transactions import Direction, Transaction
from payments.simulators.deliveries import Plan

NAME = "Casso"
PLAN = Plan(minutes=(0, 1, 5, 15, 30), answer_seconds=30)
"""[UNCONFIRMED 2026-11] Casso publishes no plan."""
REPORTS = (Direction.IN, Direction.OUT)


def body(transaction: Transaction) -> bytes:
    """Money that goes out is a negative amount [UNCONFIRMED 2026-11 for v2]."""
    sign = 1 if transaction.direction is Direction.IN else -1
    data = {
        "id": transaction.number,
        "reference": transaction.reference,
        "description": transaction.content,
        "amount": sign * transaction.amount,
        "runningBalance": transaction.balance,
        "transactionDateTime": transaction.at.strftime("%Y-%m-%d %H:%M:%S"),
        "accountNumber": transaction.account,
        "bankName": transaction.bank,
        "bankAbbreviation": transaction.bank,
        "virtualAccountNumber": "",
        "virtualAccountName": "",
        "counterAccountName": "NGUYEN VAN THU",
        "counterAccountNumber": "0909006868",
        "counterAccountBankId": "970422",
        "counterAccountBankName": "MB Bank",
    }
    return json.dumps({"error": 0, "data": data}, ensure_ascii=False).encode()


def seal(raw: bytes, secret: str) -> tuple[bytes, dict[str, str]]:
    """Signed at the moment of sending and on the real clock."""
    stamp = str(time.time_ns() // 1_000_000)
    try:
        text = json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    except ValueError:
        text = raw.decode(errors="replace")  # cut short on purpose
    digest = hmac.new(secret.encode(), f"{stamp}.{text}".encode(), hashlib.sha512).hexdigest()
    return raw, {
        "Content-Type": "application/json",
        "X-Casso-Signature": f"t={stamp},v1={digest}",
        "User-Agent": "Casso-simulator",
    }
