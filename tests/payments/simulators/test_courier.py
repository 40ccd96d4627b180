"""What is carried when much is due at once: in its order, and so much at a time."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from payments.simulators import courier
from payments.simulators.courier import LINES, Courier
from payments.simulators.deliveries import Clock, Delivery, Plan, Request

AT_ONCE = Plan(minutes=(0,))


class Door(ThreadingHTTPServer):
    """While it is not ``open`` nobody who has come in gets an answer."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Knock)
        self.open = True
        self.seen: list[bytes] = []
        self.changed = threading.Condition()


class Knock(BaseHTTPRequestHandler):
    server: Door

    def do_POST(self) -> None:
        body, door = self.rfile.read(int(self.headers["Content-Length"])), self.server
        with door.changed:
            door.seen.append(body)
            door.changed.notify_all()
            door.changed.wait_for(lambda: door.open, timeout=10)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def door() -> Iterator[Door]:
    with Door() as door:
        threading.Thread(target=door.serve_forever, args=(0.05,), daemon=True).start()
        yield door
        door.shutdown()


def letter(door: Door, words: bytes, *, first: float) -> Delivery:
    request = Request(f"http://127.0.0.1:{door.server_port}/", words)
    return Delivery("sepay", lambda: request, AT_ONCE, first)


def test_no_more_than_its_lines_are_on_their_way_together(door: Door) -> None:
    door.open = False
    carrier = Courier(Clock())
    first = carrier.clock.now() + 60
    letters = [letter(door, b"%d" % number, first=first) for number in range(3 * LINES)]
    for one in letters:
        carrier.add(one)
    carrier.advance(60)
    with door.changed:
        assert door.changed.wait_for(lambda: len(door.seen) >= LINES, timeout=10)
        assert sum(one.sending for one in letters) == LINES
        door.open = True
        door.changed.notify_all()
    assert carrier.settle(20)
    assert all(one.delivered for one in letters)


def test_what_was_due_first_goes_first(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "LINES", 1)
    carrier = Courier(Clock())
    now = carrier.clock.now()
    for minute in (3, 1, 2):
        carrier.add(letter(door, b"%d" % minute, first=now + minute * 60))
    carrier.advance(180)
    assert carrier.settle(20)
    assert door.seen == [b"1", b"2", b"3"]


def test_what_is_withdrawn_is_never_sent(door: Door) -> None:
    carrier = Courier(Clock())
    first = carrier.clock.now() + 60
    withdrawn, other = letter(door, b"withdrawn", first=first), letter(door, b"other", first=first)
    carrier.add(withdrawn)
    carrier.add(other)
    carrier.withdraw([withdrawn])
    carrier.advance(60)
    assert carrier.settle(20)
    assert door.seen == [b"other"]
    assert carrier.deliveries == [other]
    assert withdrawn.finished
