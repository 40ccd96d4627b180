"""What the watcher of the bank account sends us, good and bad, over connections that stay open."""

import http.client
import itertools
import json
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings

from payments.providers.sepay.signature import sign

PATH = "/thanh-toan/sepay/ipn"
TIMEOUT = 30
FORGER = "not-the-secret"
_event_ids = itertools.count(1)


@dataclass(frozen=True)
class Message:
    """One notification; `kind` is for the attack's own books."""

    kind: str
    body: bytes
    secret: str


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
    return Message(kind, json.dumps(fields).encode(), secret or settings.SEPAY_SECRET)


def send_all(market: str, messages: Sequence[Message], threads: int) -> tuple[list[int], float]:
    """The status of the answer to each, and the seconds it took; messages leave in their order."""
    door = _Door(market)
    begun = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        statuses = list(pool.map(door.knock, messages))
    return statuses, time.monotonic() - begun


class _Door:
    """A connection for each thread."""

    def __init__(self, market: str) -> None:
        self.place = urlsplit(market).netloc
        self.mine = threading.local()

    def knock(self, message: Message) -> int:
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "X-SePay-Timestamp": stamp,
            "X-SePay-Signature": sign(timestamp=stamp, body=message.body, secret=message.secret),
        }
        line = self._line()
        line.request("POST", PATH, message.body, headers)
        answer = line.getresponse()
        answer.read()
        return answer.status

    def _line(self) -> http.client.HTTPConnection:
        if not hasattr(self.mine, "line"):
            self.mine.line = http.client.HTTPConnection(self.place, timeout=TIMEOUT)
        line: http.client.HTTPConnection = self.mine.line
        return line
