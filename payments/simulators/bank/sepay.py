"""What SePay sends for one bank transaction: JSON body and signature headers.

Source: developer.sepay.vn/en/sepay-webhooks (tich-hop-webhook, bao-mat, xu-ly-loi; read 2026-11).
"""

import hmac
import json
import time

from payments.simulators.bank.transactions import Direction, Transaction
from payments.simulators.deliveries import Plan

NAME = "SePay"
PLAN = Plan(minutes=(0, 1, 2, 4, 7, 12, 20, 33), answer_seconds=30)
"""Eight tries; then it gives up."""
REPORTS = (Direction.IN, Direction.OUT)


def body(transaction: Transaction) -> bytes:
    fields = {
        "id": transaction.number,
        "gateway": transaction.bank,
        "transactionDate": transaction.at.strftime("%Y-%m-%d %H:%M:%S"),
        "accountNumber": transaction.account,
        "subAccount": None,
        "code": None,
        "content": transaction.content,
        "transferType": transaction.direction,
        "transferAmount": transaction.amount,
        "accumulated": transaction.balance,
        "referenceCode": transaction.reference,
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def seal(raw: bytes, secret: str) -> tuple[bytes, dict[str, str]]:
    """Signed at the moment of sending and on the real clock: what is 5 minutes old is refused."""
    stamp = str(int(time.time()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + raw, "sha256").hexdigest()
    return raw, {
        "Content-Type": "application/json",
        "X-SePay-Timestamp": stamp,
        "X-SePay-Signature": f"sha256={digest}",
        "User-Agent": "SePay-simulator",
    }
