"""How an answer goes wrong where a test asked for that (payments.simulators.control): one way for every company."""

from collections.abc import Callable
from http import HTTPStatus

from payments.simulators.control import Faults
from payments.simulators.server import Answer, Handler, Json

NOT_REACHED = "<html><body><h1>502 Bad Gateway</h1></body></html>"


def answer_spoilt(
    handler: Handler, faults: Faults, fault: str, act: Callable[[], Answer], *, failure: Json
) -> None:
    """``act`` is what was asked for; ``failure`` what this company says with its 500. No fault: as it should be."""
    if fault == "500":
        handler.send_json(failure, HTTPStatus.INTERNAL_SERVER_ERROR)
        return
    if fault == "html":
        handler.send_html(NOT_REACHED)
        return
    answer = act()
    if fault == "lost_after_charge":
        handler.close_connection = True
        return
    if fault == "slow":
        faults.dawdle(handler.connection)
    said = answer.body[: len(answer.body) // 2] if fault == "half" else answer.body
    handler.send_content(said, answer.kind, answer.status, location=answer.location)
