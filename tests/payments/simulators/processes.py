"""The bank simulator as a real process, and a real HTTP server standing where the shop would."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from urllib.parse import urlsplit

import httpx

SECRET = "between the bank and the shop"
SITE = "http://shop.test:8000"


@dataclass
class Shop:
    """Takes the notifications; ``answers`` are the next statuses to give, then ``usual`` ones.

    ``body`` goes with every answer. What a GET says is its query.
    """

    url: str = ""
    received: "Queue[tuple[dict[str, str], bytes]]" = field(default_factory=Queue)
    answers: "Queue[int]" = field(default_factory=Queue)
    usual: int = 200
    body: bytes = b""

    @property
    def site(self) -> str:
        return self.url.removesuffix("/thanh-toan/sepay/ipn")


@contextlib.contextmanager
def open_shop() -> Iterator[Shop]:
    shop = Shop()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.answer(self.rfile.read(int(self.headers["Content-Length"])))

        def do_GET(self) -> None:
            self.answer(urlsplit(self.path).query.encode())

        def answer(self, body: bytes) -> None:
            shop.received.put((dict(self.headers.items()), body))
            status = shop.answers.get_nowait() if not shop.answers.empty() else shop.usual
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(shop.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    shop.url = f"http://127.0.0.1:{server.server_port}/thanh-toan/sepay/ipn"
    yield shop
    server.shutdown()
    server.server_close()


def start_bank(
    *arguments: str, secret: str = SECRET, site: str = SITE, **environment: str
) -> "subprocess.Popen[str]":
    return start("bank", *arguments, SEPAY_SECRET=secret, SITE_URL=site, **environment)


def start(name: str, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", f"payments.simulators.{name}", *arguments],
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )


@contextlib.contextmanager
def open_bank(
    notify: str, *, secret: str = SECRET, site: str = SITE, **environment: str
) -> Iterator[httpx.Client]:
    """A client of a freshly started simulator that notifies ``notify``."""
    with opened(
        start_bank("--port", "0", "--notify", notify, secret=secret, site=site, **environment)
    ) as bank:
        yield bank


@contextlib.contextmanager
def opened(process: "subprocess.Popen[str]") -> Iterator[httpx.Client]:
    """A client of the simulator just started; the process ends with it."""
    assert process.stderr is not None
    address = process.stderr.readline().split()[2]
    try:
        # nobody here speaks TLS, and reading all certificates takes longer than most of what is asked
        with httpx.Client(base_url=address, timeout=20, trust_env=False, verify=False) as client:
            yield client
    finally:
        process.terminate()
        assert process.wait(10) == 0
