"""HTTP for a company: its own paths for the shop, ``/pay/`` for a person, ``/control/`` for a test."""

from functools import partial
from http import HTTPStatus
from urllib.parse import urlsplit

from payments.simulators.control import Faults, described
from payments.simulators.gateway import control, pages
from payments.simulators.gateway.charges import Act, Charge, Impossible
from payments.simulators.gateway.rail import Call, Rail
from payments.simulators.server import Answer, Handler, Server, form
from payments.simulators.spoiling import answer_spoilt
from payments.simulators.telling import Telling


class GatewayServer(Server):
    """Raises OSError when the port is taken."""

    def __init__(self, address: tuple[str, int], rail: Rail) -> None:
        super().__init__(address, GatewayHandler)
        self.rail = rail
        self.faults = Faults(rail.api)


class GatewayHandler(Handler):
    server: GatewayServer

    @property
    def form_targets(self) -> str:
        return f"'self' {self.server.rail.shop.origin}"

    def do_GET(self) -> None:
        url, rail = urlsplit(self.path), self.server.rail
        if url.path in rail.paths:
            self._answer(b"")
        elif url.path == "/":
            self.send_html(pages.home(rail))
        elif url.path == "/gateway.css":
            self.send_asset(pages.ASSETS / "gateway.css")
        elif url.path.startswith("/pay/"):
            self._show(url.path.removeprefix("/pay/"))
        elif url.path == "/control/deliveries":
            self.send_json(described(rail.courier.deliveries))
        elif url.path == "/control/charges":
            self.send_json(control.charges(rail))
        elif url.path == "/control/requests":
            self.send_json(control.requests(rail, self.server.faults))
        else:
            self._say("Không có trang này", HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        raw, path = self.read_body(), urlsplit(self.path).path
        if raw is None:
            self._say("Yêu cầu không hợp lệ", HTTPStatus.BAD_REQUEST)
        elif path in self.server.rail.paths:
            self._answer(raw)
        elif path.startswith("/control/"):
            self.order(partial(control.carry_out, self.server.rail, self.server.faults, path), raw)
        elif path.startswith("/pay/"):
            self._tap(path.removeprefix("/pay/"), form(raw.decode(errors="replace")))
        else:
            self._say("Không có trang này", HTTPStatus.NOT_FOUND)

    def _answer(self, body: bytes) -> None:
        """What the company says to the shop, or to the buyer it sent; spoiled when a test asked for that."""
        url, rail = urlsplit(self.path), self.server.rail

        def act() -> Answer:
            kind = self.headers.get_content_type()
            with rail.book.lock:
                return rail.answer(Call(self.command, url.path, url.query, body, kind, self.own_url))

        faults = self.server.faults
        answer_spoilt(self, faults, faults.next(url.path), act, failure={"message": "Internal Server Error"})

    def _show(self, token: str) -> None:
        charge = self._charge(token)
        if charge:
            self.send_html(pages.pay(self.server.rail, charge))

    def _tap(self, token: str, values: dict[str, str]) -> None:
        """Carry out a button; unless asked otherwise the shop hears of it before the buyer is back there."""
        charge, rail = self._charge(token), self.server.rail
        if charge is None:
            return
        try:
            act = Act(values.get("act", ""))
            telling = Telling.from_order({"notify": values.get("notify", "")})
            if act not in {button.act for button in rail.buttons}:
                raise ValueError(act)
            rail.perform(charge, act, telling)
        except Impossible:
            pass  # tapped twice, or closed in the meantime: the page says how it stands
        except ValueError:
            self._say("Yêu cầu không hợp lệ", HTTPStatus.BAD_REQUEST)
            return
        rail.courier.settle()
        self.redirect(rail.way_back(charge) or f"/pay/{token}")

    def _charge(self, token: str) -> Charge | None:
        """The payment of a page; answers itself when there is none."""
        with self.server.rail.book.lock:
            charge = self.server.rail.book.of_page(token)
        if charge is None:
            self._say("Không tìm thấy giao dịch này", HTTPStatus.NOT_FOUND)
        return charge

    def _say(self, title: str, status: HTTPStatus) -> None:
        self.send_html(pages.message(self.server.rail, title, "Hãy quay lại chợ."), status)
