"""What the watcher of the bank account sends us, good and bad."""

import itertools
import json
import time
from datetime import UTC, datetime

from django.conf import settings

from marketplace.torture.messages import Message
from payments.providers.sepay.signature import sign

PATH = "/thanh-toan/sepay/ipn"
FORGER = "not-the-secret"
_event_ids = itertools.count(1)


def transfer(memo: str, amount: int, *, kind: str = "paid", secret: str = "") -> Message:
    """`amount` đồng on our account with `memo`; signed by SePay unless `secret` is another."""
    fields = {
        "id": next(_event_ids),
        "gateway": "Vietcombank",
        "transactionDate": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "accountNumber": settings.BANK_ACCOUNT,
        "code": None,
        "content": f"MBVCB.3278907687.{memo}.CT tu 0909006868",
        "transferType": "in",
        "transferAmount": amount,
        "accumulated": 0,
        "subAccount": None,
        "referenceCode": "FT26327000001",
    }
    return signed(json.dumps(fields).encode(), kind=kind, secret=secret)


def signed(body: bytes, *, kind: str, secret: str = "") -> Message:
    stamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "X-SePay-Timestamp": stamp,
        "X-SePay-Signature": sign(timestamp=stamp, body=body, secret=secret or settings.SEPAY_SECRET),
    }
    return Message(kind, "POST", PATH, body, headers)
