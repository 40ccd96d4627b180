"""HTTP for the bank simulator: pages for a person, ``/control/`` for a test."""

import re
import secrets
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from urllib.parse import urlsplit

from payments.simulators.bank import control, pages
from payments.simulators.bank.simulator import Simulator
from payments.simulators.bank.transfers import Kind
from payments.simulators.bank.vietqr import Scanned, UnreadableCode, read
from payments.simulators.control import Faults, advance, described
from payments.simulators.server import HTML, Answer, Handler, Server, form
from payments.simulators.spoiling import answer_spoilt

_TOKEN = re.compile(r"[\w-]{1,40}", re.ASCII)
_ASSETS = ("/bank.css", "/done.svg")


class BankServer(Server):
    """Raises OSError when the port is taken."""

    def __init__(self, address: tuple[str, int], simulator: Simulator) -> None:
        super().__init__(address, BankHandler)
        self.simulator = simulator
        self.faults = Faults("/")


class BankHandler(Handler):
    server: BankServer

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/":
            self._show_transfer(form(url.query))
        elif url.path.startswith("/transfers/"):
            self._show_receipt(url.path.removeprefix("/transfers/"))
        elif url.path in _ASSETS:
            self.send_asset(pages.ASSETS / url.path[1:])
        elif url.path == "/control/deliveries":
            self.send_json(described(self.server.simulator.courier.deliveries))
        elif url.path == "/control/charges":
            self.send_json(control.charges(self.server.simulator))
        elif url.path == "/control/requests":
            self.send_json(self.server.faults.requests())
        elif url.path.startswith("/control/"):
            self._name_control_paths()
        else:
            self._say("Không có trang này.", HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        raw, path = self.read_body(), urlsplit(self.path).path
        if raw is None:
            self._say("Yêu cầu không hợp lệ.")
        elif path == "/control/transfers":
            self.order(partial(control.create_transfer, self.server.simulator), raw)
        elif path == "/control/advance":
            self.order(partial(advance, self.server.simulator.courier), raw)
        elif path == "/control/faults":
            self.order(self.server.faults.order, raw)
        elif path.startswith("/control/"):
            self._name_control_paths()
        elif path == "/pay":
            self._pay(form(raw.decode(errors="replace")))
        elif path.startswith("/hurry/"):
            self._hurry(path.removeprefix("/hurry/"))
        else:
            self._say("Không có trang này.", HTTPStatus.NOT_FOUND)

    def _show_transfer(self, values: dict[str, str]) -> None:
        payload = values.get("payload", "").strip()
        if not payload:
            self.send_html(pages.scan_page())
            return
        try:
            scanned = read(payload)
        except UnreadableCode as error:
            self._say(str(error))
            return
        back = self.server.simulator.safe_return(values.get("return", ""))
        token = secrets.token_urlsafe(9)
        page = pages.transfer_page(scanned, payload=payload, back=back, token=token)
        self._answer("/", lambda: Answer(page.encode(), HTML))

    def _pay(self, values: dict[str, str]) -> None:
        try:
            scanned, kind, token = _tap(values)
        except (ValueError, KeyError):
            self._say("Lệnh chuyển tiền không hợp lệ, hãy quét lại.")
            return

        def act() -> Answer:
            name = self.server.simulator.pay(kind, scanned, back=values.get("return", ""), token=token)
            return Answer(b"", "text/plain", HTTPStatus.SEE_OTHER, location=f"/transfers/{name}")

        self._answer("/pay", act)

    def _answer(self, path: str, act: Callable[[], Answer]) -> None:
        """What the payer's app gets from the bank; spoiled when a test asked for that."""
        faults = self.server.faults
        fault = faults.next(path, can_charge=path == "/pay")
        answer_spoilt(self, faults, fault, act, failure={"message": "Internal Server Error"})

    def _hurry(self, name: str) -> None:
        receipt = self.server.simulator.receipt(name)
        if receipt:
            self.server.simulator.hurry(receipt)
        self.redirect(f"/transfers/{name}")

    def _show_receipt(self, name: str) -> None:
        receipt = self.server.simulator.receipt(name)
        if receipt:
            checked = self.server.simulator.is_checked(receipt)
            self.send_html(pages.receipt_page(receipt, name=name, checked=checked))
        else:
            self._say("Không tìm thấy giao dịch này.", HTTPStatus.NOT_FOUND)

    def _name_control_paths(self) -> None:
        error = f"unknown path; there are {', '.join(control.PATHS)}"
        self.send_json({"error": error}, HTTPStatus.NOT_FOUND)

    def _say(self, words: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        self.send_html(pages.scan_page(words), status)


def _tap(values: dict[str, str]) -> tuple[Scanned, Kind, str]:
    if not _TOKEN.fullmatch(values["token"]):
        raise ValueError("token")
    return read(values["payload"]), Kind(values["kind"]), values["token"]
