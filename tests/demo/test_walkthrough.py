"""`make walkthrough` ends badly where the market does: its whole way through is walked in tests/run."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from marketplace.run.configuration import ROOT


class WrongMarket(BaseHTTPRequestHandler):
    """Its front page opens; nothing is ever found."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write("<h1>Chợ</h1>".encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def wrong_market() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), WrongMarket) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def walk(market: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "marketplace.demo.walkthrough", market]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_a_market_that_answers_wrongly_ends_it_at_the_step_that_failed(wrong_market: str) -> None:
    ended = walk(wrong_market)
    assert ended.returncode == 1
    assert "ok      the front page opens" in ended.stdout
    assert ended.stdout.splitlines()[-1].startswith("The walkthrough stopped at: search `hat dieu`")
    assert "nothing was found for 'hat dieu'" in ended.stdout


def test_a_market_that_is_closed_ends_it_at_once() -> None:
    ended = walk("http://127.0.0.1:1")
    assert (ended.returncode, "cannot be reached" in ended.stdout) == (1, True)
