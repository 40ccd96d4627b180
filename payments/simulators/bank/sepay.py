"""What SePay sends for one bank transaction: JSON body and signature headers.

Source: developer.sepay.vn/en/sepay-webhooks (tich-hop-webhook, bao-mat, xu-ly-loi; read 2026-11).
"""

import hmac
import itertools
import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

RETRY_MINUTES = (0, 1, 2, 4, 7, 12, 20, 33)
"""Minutes after the transaction at which SePay tries to tell us; then it gives up."""
ANSWER_SECONDS = 30
VIETNAM = timezone(timedelta(hours=7))

# SePay never repeats an id, so a restarted simulator must not either.
_ids: Iterator[int] = itertools.count(time.time_ns() // 1_000_000)


def body(*, account: str, amount: int, content: str, direction: str, bank: str) -> bytes:
    """One transaction, now. ``amount`` đồng; ``direction`` ``in`` or ``out`` seen from the shop's account."""
    number = next(_ids)
    fields = {
        "id": number,
        "gateway": bank,
        "transactionDate": datetime.now(VIETNAM).strftime("%Y-%m-%d %H:%M:%S"),
        "accountNumber": account,
        "subAccount": None,
        "code": None,
        "content": content,
        "transferType": direction,
        "transferAmount": amount,
        "accumulated": 19_077_000 + amount,
        "referenceCode": f"FT{number % 10**11:011d}",
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def headers(raw: bytes, secret: str) -> dict[str, str]:
    """Signed at the moment of sending and on the real clock: what is 5 minutes old is refused."""
    stamp = str(int(time.time()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + raw, "sha256").hexdigest()
    return {
        "Content-Type": "application/json",
        "X-SePay-Timestamp": stamp,
        "X-SePay-Signature": f"sha256={digest}",
        "User-Agent": "SePay-simulator",
    }
