"""The one place where a provider opens a connection: JSON or a form goes out, a JSON object comes back.

An instance talks to the one host it was built for, which has to be among the rail's, and follows no redirect, so
nothing a rail answers can send us elsewhere. Nothing is tried twice: whether a second try is safe is the rail's
business and the outbox's.
"""

import json
import math
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import urlencode, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from payments.providers.base import NotSent, ProviderError
from payments.providers.hosts import Hosts

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 8.0
"""From the connection to the last byte, so that an answer that drips cannot hold a worker for longer."""
LARGEST_ANSWER = 256 * 1024
"""Bytes; the largest answer of any rail we know is a few thousand."""


@dataclass(frozen=True)
class Answer:
    """``headers`` are found whatever the case of their names."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """Calls ``url``'s host, one of ``hosts`` (else ValueError).

    Every failure is a ProviderError worth another try, without keys or answers in it. What was asked for may have
    happened all the same: an answer that is lost says nothing about the money. Only NotSent says that nothing left.
    """

    def __init__(
        self,
        url: str,
        *,
        hosts: Hosts,
        answer_seconds: float = ANSWER_SECONDS,
        largest: int = LARGEST_ANSWER,
    ) -> None:
        if not hosts.allow(url):
            raise ValueError(f"{url!r} is not the address of a rail")
        parts = urlsplit(url)
        self._secure, self._host, self._port = parts.scheme == "https", parts.hostname or "", parts.port
        self._base = parts.path.rstrip("/")
        self._answer_seconds, self._largest = answer_seconds, largest

    def post_json(
        self, path: str, fields: Mapping[str, object], *, readable: Collection[int] = ()
    ) -> dict[str, object]:
        """POST ``fields`` as JSON. ``readable``: statuses besides 2xx whose body is an answer all the same."""
        body = json.dumps(dict(fields), ensure_ascii=False).encode()
        return self._post(path, body, "application/json; charset=UTF-8", readable)

    def post_form(self, path: str, fields: Mapping[str, object]) -> dict[str, object]:
        return self._post(path, urlencode(fields).encode(), "application/x-www-form-urlencoded", ())

    def _post(self, path: str, body: bytes, kind: str, readable: Collection[int]) -> dict[str, object]:
        headers = {"Content-Type": kind, "Accept": "application/json"}
        answer = self.exchange("POST", path, body=body, headers=headers)
        if not 200 <= answer.status < 300 and answer.status not in readable:
            raise self._failure(f"HTTP {answer.status}")
        return self._object(answer.body)

    def exchange(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None,
        headers: Mapping[str, str],
        ends: float | None = None,
    ) -> Answer:
        """One question and its answer, whatever the status, over by the monotonic moment ``ends``."""
        try:
            with self._connection(ends) as connection:
                sent = {**headers, "Connection": "close"}
                connection.request(method, self._base + path, body=body, headers=sent, preload_content=False)
                response = connection.getresponse()
                answer = response.read(self._largest + 1, decode_content=False)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise self._failure(f"no usable answer ({type(error).__name__})") from None
        if len(answer) > self._largest:
            raise self._failure("the answer is too long")
        return Answer(response.status, response.headers, answer)

    @contextmanager
    def _connection(self, ends: float | None) -> Iterator[HTTPConnection]:
        """Open for one exchange; shut from outside when its time is over, whatever is being waited for."""
        connection = self._new_connection(min(CONNECT_SECONDS, _left(ends)))
        try:
            self._connect(connection)
            connection.timeout = seconds = min(self._answer_seconds, _left(ends))
            watchdog = threading.Timer(seconds, _shut, [connection.sock])
            watchdog.daemon = True
            watchdog.start()
            try:
                yield connection
            finally:
                watchdog.cancel()
        finally:
            connection.close()

    def _connect(self, connection: HTTPConnection) -> None:
        try:
            connection.connect()
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise NotSent(f"{self._host}: no connection ({type(error).__name__})") from None

    def _new_connection(self, seconds: float) -> HTTPConnection:
        if not self._secure:
            return HTTPConnection(self._host, self._port, timeout=seconds)
        context = ssl.create_default_context()
        return HTTPSConnection(self._host, self._port, timeout=seconds, ssl_context=context)

    def _object(self, answer: bytes) -> dict[str, object]:
        try:
            fields = json.loads(answer)
        except (ValueError, RecursionError):
            raise self._failure("the answer is not JSON") from None
        if not isinstance(fields, dict):
            raise self._failure("the answer is not a JSON object")
        return fields

    def _failure(self, what: str) -> ProviderError:
        return ProviderError(f"{self._host}: {what}", permanent=False)


def _left(ends: float | None) -> float:
    """Seconds until the monotonic moment ``ends``. Raises TimeoutError when there are none."""
    if ends is None:
        return math.inf
    seconds = ends - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def _shut(opened: socket.socket) -> None:
    """Wakes whoever waits on the socket. It is kept apart because http.client lets go of it early."""
    with suppress(OSError):
        opened.shutdown(socket.SHUT_RDWR)
