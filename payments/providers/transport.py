"""The one place where a provider opens a connection: JSON or a form goes out, a JSON object comes back.

An instance talks to the one host it was built for, which has to be among the rail's, and follows no redirect, so
nothing a rail answers can send us elsewhere. Nothing is tried twice: whether a second try is safe is the rail's
business and the outbox's.
"""

import json
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import urlencode, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from payments.providers.base import NotSent, ProviderError
from payments.providers.hosts import Hosts

CONNECT_SECONDS = 3.0
"""For the name, all its addresses and the TLS handshake together."""
ANSWER_SECONDS = 8.0
"""From the looking up of the name to the last byte, so that what drips cannot hold a worker for longer."""
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
        connect_seconds: float = CONNECT_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
        largest: int = LARGEST_ANSWER,
    ) -> None:
        if not hosts.allow(url):
            raise ValueError(f"{url!r} is not the address of a rail")
        parts = urlsplit(url)
        self._secure, self._host = parts.scheme == "https", parts.hostname or ""
        self._port = parts.port or (443 if self._secure else 80)
        self._base = parts.path.rstrip("/")
        self._connect_seconds, self._answer_seconds = connect_seconds, answer_seconds
        self._largest = largest

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
        latest = time.monotonic() + self._answer_seconds
        try:
            with self._connection(latest if ends is None else min(ends, latest)) as connection:
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
    def _connection(self, ends: float) -> Iterator[HTTPConnection]:
        """Open for one exchange; shut from outside when its time is over, whatever is being waited for."""
        by = min(time.monotonic() + self._connect_seconds, ends)
        with self._reached(by) as opened, closing(self._new_connection(_left(ends))) as connection:
            connection.sock = self._greeted(opened, by)
            with _shutting(opened, ends):
                yield connection

    def _reached(self, by: float) -> socket.socket:
        try:
            return _reach(self._host, self._port, by)
        except OSError as error:
            raise self._not_sent(error) from None

    def _greeted(self, opened: socket.socket, by: float) -> socket.socket:
        """``opened`` itself is kept apart: TLS and http.client let go of the socket that they are given."""
        given = opened.dup()
        if not self._secure:
            return given
        try:
            with _shutting(opened, by):
                return ssl.create_default_context().wrap_socket(given, server_hostname=self._host)
        except (OSError, ValueError) as error:
            raise self._not_sent(error) from None

    def _new_connection(self, seconds: float) -> HTTPConnection:
        kind = HTTPSConnection if self._secure else HTTPConnection
        return kind(self._host, self._port, timeout=seconds)

    def _not_sent(self, error: Exception) -> NotSent:
        return NotSent(f"{self._host}: no connection ({type(error).__name__})")

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


def _reach(host: str, port: int, by: float) -> socket.socket:
    """Those of ``host``'s addresses that keep silent share the time with those after them. Raises OSError."""
    addresses = _addresses(host, port, by)
    failure = OSError("no address")
    for at, address in enumerate(addresses):
        try:
            opened = socket.create_connection(address, timeout=_left(by) / (len(addresses) - at))
        except OSError as error:
            failure = error
        else:
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return opened
    raise failure


def _addresses(host: str, port: int, by: float) -> list[tuple[str, int]]:
    """In a thread of its own, which is not waited for any longer: the system's resolver takes no limit."""
    found: list[tuple[str, int]] = []

    def resolve() -> None:
        with suppress(OSError, UnicodeError):
            found.extend(row[4][:2] for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))  # type: ignore[misc]

    resolver = threading.Thread(target=resolve, daemon=True)
    resolver.start()
    resolver.join(_left(by))
    return list(found)


def _left(moment: float) -> float:
    """Seconds until the monotonic ``moment``. Raises TimeoutError when there are none."""
    seconds = moment - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


@contextmanager
def _shutting(opened: socket.socket, moment: float) -> Iterator[None]:
    """Wakes whoever waits on the socket, or on a copy of it, at the monotonic ``moment``."""
    watchdog = threading.Timer(_left(moment), _shut, [opened])
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()
        watchdog.join()  # its number may belong to another socket once this one is closed


def _shut(opened: socket.socket) -> None:
    with suppress(OSError):
        opened.shutdown(socket.SHUT_RDWR)
