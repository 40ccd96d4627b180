"""HTTP for the bank simulator: pages for a person, ``/control/`` for a test."""

import json
import logging
import re
import secrets
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from payments.simulators.bank import control, pages
from payments.simulators.bank.simulator import Simulator
from payments.simulators.bank.transfers import Kind
from payments.simulators.bank.vietqr import Scanned, UnreadableCode, read

log = logging.getLogger(__name__)

BODY_LIMIT = 16 * 1024
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_TOKEN = re.compile(r"[\w-]{1,40}", re.ASCII)
ASSET_TYPES = {"/bank.css": "text/css; charset=utf-8", "/done.svg": "image/svg+xml"}


class Server(ThreadingHTTPServer):
    """Raises OSError when the port is taken."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], simulator: Simulator) -> None:
        super().__init__(address, Handler)
        self.simulator = simulator


class Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = 15

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/":
            self._show_transfer(_values(url.query))
        elif url.path.startswith("/transfers/"):
            self._show_receipt(url.path.removeprefix("/transfers/"))
        elif url.path in ASSET_TYPES:
            self._send((pages.ASSETS / url.path[1:]).read_bytes(), ASSET_TYPES[url.path])
        elif url.path == "/control/deliveries":
            self._json(control.deliveries(self.server.simulator.courier))
        else:
            self._html(pages.scan_page("Không có trang này."), HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        size = self.headers.get("Content-Length", "")
        if not size.isdecimal() or int(size) > BODY_LIMIT:
            self._html(pages.scan_page("Yêu cầu không hợp lệ."), HTTPStatus.BAD_REQUEST)
            return
        raw, path = self.rfile.read(int(size)), urlsplit(self.path).path
        if path.startswith("/control/"):
            self._control(path, raw)
        elif path == "/pay":
            self._pay(_values(raw.decode(errors="replace")))
        elif path.startswith("/hurry/"):
            self._hurry(path.removeprefix("/hurry/"))
        else:
            self._html(pages.scan_page("Không có trang này."), HTTPStatus.NOT_FOUND)

    def _show_transfer(self, values: dict[str, str]) -> None:
        payload = values.get("payload", "").strip()
        if not payload:
            self._html(pages.scan_page())
            return
        try:
            scanned = read(payload)
        except UnreadableCode as error:
            self._html(pages.scan_page(str(error)), HTTPStatus.BAD_REQUEST)
            return
        back = self.server.simulator.safe_return(values.get("return", ""))
        token = secrets.token_urlsafe(9)
        self._html(pages.transfer_page(scanned, payload=payload, back=back, token=token))

    def _pay(self, values: dict[str, str]) -> None:
        try:
            scanned, kind, token = _tap(values)
        except (ValueError, KeyError):
            self._html(
                pages.scan_page("Lệnh chuyển tiền không hợp lệ, hãy quét lại."), HTTPStatus.BAD_REQUEST
            )
            return
        name = self.server.simulator.pay(kind, scanned, back=values.get("return", ""), token=token)
        self._redirect(f"/transfers/{name}")

    def _hurry(self, name: str) -> None:
        receipt = self.server.simulator.receipt(name)
        if receipt:
            self.server.simulator.hurry(receipt)
        self._redirect(f"/transfers/{name}")

    def _show_receipt(self, name: str) -> None:
        receipt = self.server.simulator.receipt(name)
        if receipt:
            self._html(pages.receipt_page(receipt, name=name))
        else:
            self._html(pages.scan_page("Không tìm thấy giao dịch này."), HTTPStatus.NOT_FOUND)

    def _control(self, path: str, raw: bytes) -> None:
        """JSON only: a page elsewhere cannot send that type to us without asking first."""
        actions = {"/control/transfers": control.create_transfer, "/control/advance": control.advance}
        if path not in actions or self.headers.get_content_type() != "application/json":
            self._json({"error": "unknown path, or not application/json"}, HTTPStatus.NOT_FOUND)
            return
        try:
            self._json(actions[path](self.server.simulator, control.parse_order(raw)))
        except (ValueError, KeyError, TypeError) as error:
            self._json({"error": str(error)}, HTTPStatus.BAD_REQUEST)

    def _html(self, page: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(page.encode(), "text/html; charset=utf-8", status)

    def _json(self, value: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(json.dumps(value).encode(), "application/json", status)

    def _redirect(self, path: str) -> None:
        self._send(b"", "text/plain", HTTPStatus.SEE_OTHER, location=path)

    def _send(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK, location: str = "") -> None:
        self.send_response(status)
        extra = {"Location": location} if location else {}
        own = {"Content-Type": kind, "Content-Length": str(len(body))}
        for name, value in {**HEADERS, **own, **extra}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        log.debug(format, *args)


def _values(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


def _tap(values: dict[str, str]) -> tuple[Scanned, Kind, str]:
    if not _TOKEN.fullmatch(values["token"]):
        raise ValueError("token")
    return read(values["payload"]), Kind(values["kind"]), values["token"]
