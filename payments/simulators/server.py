"""What every simulator's HTTP server has in common: limits, headers, forms, JSON, redirects."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

log = logging.getLogger(__name__)

Json = dict[str, Any]
BODY_LIMIT = 64 * 1024
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
HTML = "text/html; charset=utf-8"
_KINDS = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Answer:
    body: bytes
    kind: str = "application/json"
    status: int = HTTPStatus.OK
    location: str = ""


class Server(ThreadingHTTPServer):
    """Raises OSError when the port is taken."""

    daemon_threads = True
    request_queue_size = 128
    """Many may knock at once; the usual five would have the rest refused."""


class Handler(BaseHTTPRequestHandler):
    timeout = 15

    @property
    def own_url(self) -> str:
        """As whoever asks has it."""
        return f"http://{self.headers.get('Host', '')}"

    @property
    def form_targets(self) -> str:
        """Where a form may lead, redirects included."""
        return "'self'"

    def read_body(self) -> bytes | None:
        """None when it is too long or its length is not said."""
        size = self.headers.get("Content-Length", "")
        if not size.isdecimal() or int(size) > BODY_LIMIT:
            return None
        return self.rfile.read(int(size))

    def order(self, carry_out: Callable[[Json], Json], raw: bytes) -> None:
        """Answer one POST to the control API.

        JSON only: a page elsewhere cannot send that type to us without asking first.
        """
        if self.headers.get_content_type() != "application/json":
            self.send_json({"error": "not application/json"}, HTTPStatus.NOT_FOUND)
            return
        try:
            self.send_json(carry_out(parse_order(raw)))
        except (ValueError, KeyError, TypeError) as error:
            self.send_json({"error": str(error)}, HTTPStatus.BAD_REQUEST)

    def send_html(self, page: str, status: int = HTTPStatus.OK) -> None:
        self.send_content(page.encode(), HTML, status)

    def send_json(self, value: Mapping[str, object], status: int = HTTPStatus.OK) -> None:
        self.send_content(json.dumps(value).encode(), "application/json", status)

    def send_asset(self, path: Path) -> None:
        self.send_content(path.read_bytes(), _KINDS[path.suffix])

    def redirect(self, url: str) -> None:
        self.send_content(b"", "text/plain", HTTPStatus.SEE_OTHER, location=url)

    def send_content(
        self, body: bytes, kind: str, status: int = HTTPStatus.OK, *, location: str = ""
    ) -> None:
        self.send_response(status)
        own = {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Content-Security-Policy": (
                "default-src 'none'; style-src 'self'; img-src 'self' data:;"
                f" form-action {self.form_targets}; base-uri 'none'; frame-ancestors 'none'"
            ),
        }
        for name, value in {**HEADERS, **own, **({"Location": location} if location else {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        log.debug(format, *args)


def parse_order(raw: bytes) -> Json:
    """Raises ValueError unless ``raw`` is a JSON object; nothing at all is an empty one."""
    order = json.loads(raw or b"{}")
    if not isinstance(order, dict):
        raise ValueError("a JSON object is expected")
    return order


def form(query: str) -> dict[str, str]:
    """The first value of each field of a form or a query."""
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
