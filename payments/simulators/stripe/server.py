"""HTTP for the Stripe simulator: ``/v1/`` for the shop, ``/c/pay/`` for a person, ``/control/`` for a test."""

import json
import logging
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from payments.simulators.stripe import control, pages
from payments.simulators.stripe.account import Account
from payments.simulators.stripe.acts import Act, perform
from payments.simulators.stripe.api import Api
from payments.simulators.stripe.wire import Json, Refusal, decode

log = logging.getLogger(__name__)

BODY_LIMIT = 64 * 1024
SLOW_SECONDS = 30
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_HTML = "text/html; charset=utf-8"


class Server(ThreadingHTTPServer):
    """Raises OSError when the port is taken."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], account: Account) -> None:
        super().__init__(address, Handler)
        self.account = account
        self.api = Api(account)
        self.faults = control.Faults()


class Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = 15

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        account = self.server.account
        if url.path.startswith("/v1/"):
            self._answer_api("GET", url.path, url.query)
        elif url.path == "/":
            self._html(pages.home())
        elif url.path == "/stripe.css":
            self._send((pages.ASSETS / "stripe.css").read_bytes(), "text/css; charset=utf-8")
        elif url.path.startswith("/c/pay/"):
            self._show(url.path.removeprefix("/c/pay/"), declined=url.query == "declined")
        elif url.path == "/control/deliveries":
            self._json(control.deliveries(account.courier))
        elif url.path == "/control/charges":
            self._json(control.charges(account))
        else:
            self._html(pages.message("Không có trang này", "Hãy quay lại chợ."), HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        size = self.headers.get("Content-Length", "")
        if not size.isdecimal() or int(size) > BODY_LIMIT:
            self._json({"error": {"message": "Content-Length"}}, HTTPStatus.BAD_REQUEST)
            return
        body, path = self.rfile.read(int(size)).decode(errors="replace"), urlsplit(self.path).path
        if path.startswith("/v1/"):
            self._answer_api("POST", path, body)
        elif path.startswith("/control/"):
            self._control(path, body)
        elif path.startswith("/c/pay/"):
            self._tap(path.removeprefix("/c/pay/"), str(decode(body).get("act", "")))
        else:
            self._html(pages.message("Không có trang này", "Hãy quay lại chợ."), HTTPStatus.NOT_FOUND)

    def _answer_api(self, method: str, path: str, form: str) -> None:
        fault = self.server.faults.next(method, path)
        if fault == "slow":
            time.sleep(SLOW_SECONDS)
        if fault == "500":
            self._json({"error": {"type": "api_error", "message": "Something broke"}}, 500)
        elif fault == "html":
            self._html("<html><body>Bad Gateway</body></html>", HTTPStatus.OK)
        else:
            self._answer(method, path, form, fault)

    def _answer(self, method: str, path: str, form: str, fault: str) -> None:
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        idempotency = self.headers.get("Idempotency-Key", "")
        self.server.account.own_url = f"http://{self.headers.get('Host', '')}"
        answer = self.server.api.answer(method, path, decode(form), key=key, idempotency=idempotency)
        raw = json.dumps(answer.body).encode()
        if fault == "lost_after_charge":
            self.close_connection = True
            return
        self._send(raw[: len(raw) // 2] if fault == "half" else raw, "application/json", answer.status)

    def _show(self, name: str, *, declined: bool) -> None:
        session = self.server.account.sessions.get(name)
        if session is None:
            self._html(pages.message("Không tìm thấy", "Hãy quay lại chợ."), HTTPStatus.NOT_FOUND)
            return
        self._html(pages.pay(session, declined=declined, back=self._safe(session["success_url"])))

    def _tap(self, name: str, act: str) -> None:
        """Carry out a button; the shop hears of it before the buyer is back there."""
        account = self.server.account
        session = account.sessions.get(name)
        if session is None or act not in {*Act} - {Act.REVERSE}:
            self._html(pages.message("Yêu cầu không hợp lệ", "Hãy quay lại chợ."), HTTPStatus.BAD_REQUEST)
            return
        try:
            perform(account, session, Act(act))
        except Refusal:
            # Tapped twice, or closed in the meantime: the page says how it stands.
            self._redirect(f"/c/pay/{name}")
            return
        account.courier.settle(control.SETTLE_SECONDS)
        if act == Act.INSUFFICIENT:
            self._redirect(f"/c/pay/{name}?declined")
        else:
            back = session["cancel_url"] if act == Act.CANCEL else session["success_url"]
            self._redirect((act != Act.EXPIRE and self._safe(back)) or f"/c/pay/{name}")

    def _safe(self, url: str | None) -> str:
        """``url`` if it leads to the shop, else empty."""
        return url if url and url.startswith(f"{self.server.account.config.site_url}/") else ""

    def _control(self, path: str, body: str) -> None:
        """JSON only: a page elsewhere cannot send that type to us without asking first."""
        if self.headers.get_content_type() != "application/json":
            self._json({"error": "not application/json"}, HTTPStatus.NOT_FOUND)
            return
        try:
            self._json(control.order(self.server.account, self.server.faults, path, json.loads(body or "{}")))
        except (Refusal, ValueError, KeyError, TypeError) as error:
            self._json({"error": str(error)}, HTTPStatus.BAD_REQUEST)

    def _html(self, page: str, status: int = HTTPStatus.OK) -> None:
        self._send(page.encode(), _HTML, status)

    def _json(self, value: Json, status: int = HTTPStatus.OK) -> None:
        self._send(json.dumps(value).encode(), "application/json", status)

    def _redirect(self, url: str) -> None:
        self._send(b"", "text/plain", HTTPStatus.SEE_OTHER, location=url)

    def _send(self, body: bytes, kind: str, status: int = HTTPStatus.OK, location: str = "") -> None:
        self.send_response(status)
        own = {"Content-Type": kind, "Content-Length": str(len(body))}
        for name, value in {**HEADERS, **own, **({"Location": location} if location else {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)
