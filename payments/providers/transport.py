"""The one place where a provider opens a connection: JSON or a form goes out, a JSON object comes back.

An instance talks to the one host it was built for and follows no redirect, so nothing a rail answers can send
us elsewhere. Nothing is tried twice: whether a second try is safe is the rail's business and the outbox's.
"""

import json
import socket
import ssl
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPException
from urllib.parse import urlencode, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from payments.providers.base import ProviderError

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 8.0
"""From the connection to the last byte, so that an answer that drips cannot hold a worker for longer."""
LARGEST_ANSWER = 256 * 1024
"""Bytes; the largest answer of any rail we know is a few thousand."""


class Transport:
    """Calls ``url``'s host. Every failure is a ProviderError worth another try, without keys or answers in it.

    What was asked for may have happened all the same: an answer that is lost says nothing about the money.
    """

    def __init__(self, url: str, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{url!r} is not the address of a rail")
        self._secure, self._host, self._port = parts.scheme == "https", parts.hostname, parts.port
        self._base = parts.path.rstrip("/")
        self._answer_seconds = answer_seconds

    def post_json(
        self, path: str, fields: Mapping[str, object], *, readable: Collection[int] = ()
    ) -> dict[str, object]:
        """POST ``fields`` as JSON. ``readable``: statuses besides 2xx whose body is an answer all the same."""
        body = json.dumps(dict(fields), ensure_ascii=False).encode()
        return self._post(path, body, "application/json; charset=UTF-8", readable)

    def post_form(self, path: str, fields: Mapping[str, object]) -> dict[str, object]:
        return self._post(path, urlencode(fields).encode(), "application/x-www-form-urlencoded", ())

    def _post(self, path: str, body: bytes, kind: str, readable: Collection[int]) -> dict[str, object]:
        headers = {"Content-Type": kind, "Accept": "application/json", "Connection": "close"}
        try:
            status, answer = self._exchange(self._base + path, body, headers)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise self._failure(f"no usable answer ({type(error).__name__})") from None
        if not 200 <= status < 300 and status not in readable:
            raise self._failure(f"HTTP {status}")
        return self._object(answer)

    def _exchange(self, target: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        with self._connection() as connection:
            connection.request("POST", target, body=body, headers=headers, preload_content=False)
            response = connection.getresponse()
            answer = response.read(LARGEST_ANSWER + 1, decode_content=False)
        if len(answer) > LARGEST_ANSWER:
            raise ValueError("too long")
        return response.status, answer

    @contextmanager
    def _connection(self) -> Iterator[HTTPConnection]:
        """Open for one exchange; shut from outside when its time is over, whatever is being waited for."""
        connection = self._new_connection()
        try:
            connection.connect()
            connection.timeout = self._answer_seconds
            watchdog = threading.Timer(self._answer_seconds, _shut, [connection.sock])
            watchdog.daemon = True
            watchdog.start()
            try:
                yield connection
            finally:
                watchdog.cancel()
        finally:
            connection.close()

    def _new_connection(self) -> HTTPConnection:
        if not self._secure:
            return HTTPConnection(self._host, self._port, timeout=CONNECT_SECONDS)
        context = ssl.create_default_context()
        return HTTPSConnection(self._host, self._port, timeout=CONNECT_SECONDS, ssl_context=context)

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


def _shut(opened: socket.socket) -> None:
    """Wakes whoever waits on the socket. It is kept apart because http.client lets go of it early."""
    with suppress(OSError):
        opened.shutdown(socket.SHUT_RDWR)
