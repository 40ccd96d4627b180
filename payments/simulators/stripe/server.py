"""HTTP for the Stripe simulator: ``/v1/`` for the shop, ``/c/pay/`` for a person, ``/control/`` for a test."""

import json
from functools import partial
from http import HTTPStatus
from urllib.parse import urlsplit

from payments.simulators.control import Faults, described
from payments.simulators.server import Answer, Handler, Server, form
from payments.simulators.spoiling import answer_spoilt
from payments.simulators.stripe import control, pages
from payments.simulators.stripe.account import Account
from payments.simulators.stripe.acts import Act, perform
from payments.simulators.stripe.api import Api
from payments.simulators.stripe.wire import Refusal, decode
from payments.simulators.telling import Telling

BROKEN = {"error": {"type": "api_error", "message": "Something broke"}}


class StripeServer(Server):
    """Raises OSError when the port is taken."""

    def __init__(self, address: tuple[str, int], account: Account) -> None:
        super().__init__(address, StripeHandler)
        self.account = account
        self.api = Api(account)
        self.faults = Faults("/v1/")


class StripeHandler(Handler):
    server: StripeServer

    @property
    def form_targets(self) -> str:
        return f"'self' {self.server.account.shop.origin}"

    def do_GET(self) -> None:
        url, account = urlsplit(self.path), self.server.account
        if url.path.startswith("/v1/"):
            self._answer_api(url.path, url.query)
        elif url.path == "/":
            self.send_html(pages.home())
        elif url.path == "/stripe.css":
            self.send_asset(pages.ASSETS / "stripe.css")
        elif url.path.startswith("/c/pay/"):
            self._show(url.path.removeprefix("/c/pay/"), declined=url.query == "declined")
        elif url.path == "/control/deliveries":
            self.send_json(described(account.courier.deliveries))
        elif url.path == "/control/charges":
            self.send_json(control.charges(account))
        elif url.path == "/control/requests":
            self.send_json(self.server.faults.requests())
        else:
            self._say("Không có trang này", HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        raw, path = self.read_body(), urlsplit(self.path).path
        if raw is None:
            self._say("Yêu cầu không hợp lệ", HTTPStatus.BAD_REQUEST)
        elif path.startswith("/v1/"):
            self._answer_api(path, raw.decode(errors="replace"))
        elif path.startswith("/control/"):
            self.order(partial(control.carry_out, self.server.account, self.server.faults, path), raw)
        elif path.startswith("/c/pay/"):
            act = form(raw.decode(errors="replace")).get("act", "")
            self._tap(path.removeprefix("/c/pay/"), act)
        else:
            self._say("Không có trang này", HTTPStatus.NOT_FOUND)

    def _answer_api(self, path: str, params: str) -> None:
        """What Stripe says to the shop; spoiled when a test asked for that."""
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        idempotency = self.headers.get("Idempotency-Key", "")
        self.server.account.own_url = self.own_url

        def act() -> Answer:
            said = self.server.api.answer(
                self.command, path, decode(params), key=key, idempotency=idempotency
            )
            return Answer(json.dumps(said.body).encode(), status=said.status)

        faults = self.server.faults
        fault = faults.next(path, can_charge=self.command == "POST")
        answer_spoilt(self, faults, fault, act, failure=BROKEN)

    def _show(self, name: str, *, declined: bool) -> None:
        self.server.account.pass_time()
        session = self.server.account.sessions.get(name)
        if session is None:
            self._say("Không tìm thấy", HTTPStatus.NOT_FOUND)
            return
        self.send_html(pages.pay(session, declined=declined, back=self._safe(session["success_url"])))

    def _tap(self, name: str, act: str) -> None:
        """Carry out a button; the shop hears of it before the buyer is back there."""
        account = self.server.account
        session = account.sessions.get(name)
        if session is None or act not in {*Act} - {Act.REVERSE}:
            self._say("Yêu cầu không hợp lệ", HTTPStatus.BAD_REQUEST)
            return
        try:
            perform(account, session, Act(act), Telling())
        except Refusal:
            # Tapped twice, or closed in the meantime: the page says how it stands.
            self.redirect(f"/c/pay/{name}")
            return
        account.courier.settle()
        if act == Act.INSUFFICIENT:
            self.redirect(f"/c/pay/{name}?declined")
        else:
            back = session["cancel_url"] if act == Act.CANCEL else session["success_url"]
            self.redirect((act != Act.EXPIRE and self._safe(back)) or f"/c/pay/{name}")

    def _safe(self, url: str | None) -> str:
        """``url`` if it leads to the shop, else empty."""
        return url if url and self.server.account.shop.owns(url) else ""

    def _say(self, title: str, status: HTTPStatus) -> None:
        self.send_html(pages.message(title, "Hãy quay lại chợ."), status)
