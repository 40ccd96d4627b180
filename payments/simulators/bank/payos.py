"""What PayOS sends for money that came in: its data and, beside it, their signature.

Source: payos.vn/docs (tich-hop-webhook, kiem-tra-du-lieu-voi-signature; read 2026-11). The signature covers
``data`` alone: ``k=v`` joined by ``&``, keys sorted, values raw, nothing for null.
"""

import hashlib
import hmac
import json

from payments.simulators.bank.transactions import Direction, Transaction
from payments.simulators.deliveries import Plan

NAME = "PayOS"
PLAN = Plan(minutes=(0, 1, 5, 15, 30), answer_seconds=30)
"""[UNCONFIRMED 2026-11] PayOS publishes no plan."""
REPORTS = (Direction.IN,)


def body(transaction: Transaction) -> bytes:
    """The body still without its signature. No payment link was made, so ``orderCode`` is nobody's."""
    data = {
        "orderCode": 0,
        "amount": transaction.amount,
        "description": transaction.content,
        "accountNumber": transaction.account,
        "reference": transaction.reference,
        "transactionDateTime": transaction.at.strftime("%Y-%m-%d %H:%M:%S"),
        "currency": "VND",
        "paymentLinkId": hashlib.md5(str(transaction.number).encode(), usedforsecurity=False).hexdigest(),
        "code": "00",
        "desc": "Thành công",
        "counterAccountBankId": "970422",
        "counterAccountBankName": None,
        "counterAccountName": "NGUYEN VAN THU",
        "counterAccountNumber": "0909006868",
        "virtualAccountName": None,
        "virtualAccountNumber": "",
    }
    whole = {"code": "00", "desc": "success", "success": True, "data": data}
    return json.dumps(whole, ensure_ascii=False).encode()


def seal(raw: bytes, secret: str) -> tuple[bytes, dict[str, str]]:
    headers = {"Content-Type": "application/json", "User-Agent": "PayOS-simulator"}
    try:
        whole = json.loads(raw)
    except ValueError:
        return raw, headers  # cut short on purpose
    data = whole["data"]
    text = "&".join(f"{name}={'' if data[name] is None else data[name]}" for name in sorted(data))
    whole["signature"] = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return json.dumps(whole, ensure_ascii=False).encode(), headers
