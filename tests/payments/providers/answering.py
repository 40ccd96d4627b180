"""A tiny HTTP server on the loopback that answers what a test tells it to, and keeps what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from payments.providers.hosts import Hosts

HOSTS = Hosts(frozenset({"vnpay.test", "momo.test", "zalopay.test", "stripe.test"}), frozenset({"127.0.0.1"}))
"""Those that the tests' rails may be."""
Answer = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


@dataclass
class Rail:
    url: str
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answer: Answer = lambda handler, fields: send(handler, b"{}")

    def says(self, answer: dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Answer with this JSON, or with what the function makes of the fields that were sent."""

        def respond(handler: BaseHTTPRequestHandler, fields: dict[str, Any]) -> None:
            send(handler, json.dumps(answer(fields) if callable(answer) else answer).encode())

        self.answer = respond


def send(
    handler: BaseHTTPRequestHandler, body: bytes, *, status: int = 200, headers: dict[str, str] | None = None
) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def answering() -> Iterator[Rail]:
    rail = Rail("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            as_json = "json" in self.headers["Content-Type"]
            self.respond(json.loads(body) if as_json else dict(parse_qsl(body, keep_blank_values=True)))

        def do_GET(self) -> None:
            self.respond(dict(parse_qsl(urlsplit(self.path).query)))

        def respond(self, fields: dict[str, Any]) -> None:
            rail.asked.append((self.path, fields))
            try:
                rail.answer(self, fields)
            except OSError:
                self.close_connection = True  # the client has had enough

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    rail.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield rail
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
