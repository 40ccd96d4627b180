"""The line between a market and its broker, which can be cut while both go on."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread
from urllib.parse import quote

import redis

CLOSED, SILENT = "closed", "silent"
"""Open connections break and nobody is let in; or everybody is let in, and nothing passes any more."""
_CHUNK = 64 * 1024


class Wire:
    """Lets everybody at `url` talk to the Valkey at `target` until it is cut; mended, it does so again."""

    def __init__(self, target: str) -> None:
        self.target = redis.connection.parse_url(target)
        self._flows, self._lock = Event(), Lock()
        self._ends: set[socket.socket] = set()
        self._door = self._listen(0)
        self.port: int = self._door.getsockname()[1]
        user, password = (quote(self.target.get(name, ""), safe="") for name in ("username", "password"))
        self.url = f"redis://{user}:{password}@127.0.0.1:{self.port}/{self.target.get('db', 0)}"
        self._flows.set()

    def cut(self, how: str) -> None:
        self._flows.clear()
        if how == CLOSED:
            self._break()

    def mend(self) -> None:
        """For new connections: what was open before is broken, and what had not passed is lost."""
        self._break()
        self._door = self._listen(self.port)
        self._flows.set()

    def let_go(self) -> None:
        """Nobody waits for it to be mended any more."""
        self._flows.set()

    def _break(self) -> None:
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)  # wakes who waits at it
        self._door.close()
        with self._lock:
            for end in self._ends:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def _listen(self, port: int) -> socket.socket:
        door = socket.create_server(("127.0.0.1", port), backlog=512)
        Thread(target=self._let_in, args=(door,), daemon=True).start()
        return door

    def _let_in(self, door: socket.socket) -> None:
        while True:
            try:
                caller, _address = door.accept()
            except OSError:
                return
            called = self._call()
            with self._lock:
                self._ends |= {caller, called}
            for one, other in ((caller, called), (called, caller)):
                Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _call(self) -> socket.socket:
        if path := self.target.get("path"):
            called = socket.socket(socket.AF_UNIX)
            called.connect(path)
            return called
        return socket.create_connection((self.target.get("host", "127.0.0.1"), self.target.get("port", 6379)))

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while said := one.recv(_CHUNK):
                self._flows.wait()
                other.sendall(said)
        with self._lock:
            self._ends -= {one, other}
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def between(target: str) -> Iterator[Wire]:
    line = Wire(target)
    try:
        yield line
    finally:
        line.cut(CLOSED)
        line.let_go()


@contextmanager
def closed_port() -> Iterator[int]:
    """Where nobody answers: taken, so that nobody else listens there, and deaf."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]
