"""Notifications as they come over the wire, sent by many at once over connections that stay open."""

import http.client
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

TIMEOUT = 30
THREADS = 16


@dataclass(frozen=True)
class Message:
    """One notification; `kind` is for the attack's own books."""

    kind: str
    method: str
    target: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


def send_all(market: str, messages: Sequence[Message], threads: int = THREADS) -> tuple[list[Answer], float]:
    """The answer to each, and the seconds it took; messages leave in their order."""
    door = _Door(market)
    begun = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(door.knock, messages))
    return answers, time.monotonic() - begun


class _Door:
    """A connection for each thread."""

    def __init__(self, market: str) -> None:
        self.place = urlsplit(market).netloc
        self.mine = threading.local()

    def knock(self, message: Message) -> Answer:
        line = self._line()
        line.request(message.method, message.target, message.body or None, dict(message.headers))
        answer = line.getresponse()
        return Answer(answer.status, answer.read())

    def _line(self) -> http.client.HTTPConnection:
        if not hasattr(self.mine, "line"):
            self.mine.line = http.client.HTTPConnection(self.place, timeout=TIMEOUT)
        line: http.client.HTTPConnection = self.mine.line
        return line
