"""The cache of public pages, driven as a WSGI server would."""

import gzip
from collections.abc import Iterable
from typing import Any

import brotli
import pytest

from marketplace.pagecache import wsgi
from marketplace.pagecache.wsgi import PageCache


class Shop:
    """A WSGI application that counts how often it renders."""

    def __init__(
        self, cache_control: str = "public, max-age=60", extra: tuple[tuple[str, str], ...] = ()
    ) -> None:
        self.rendered = 0
        self.headers = [("Content-Type", "text/html"), ("Cache-Control", cache_control), *extra]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.rendered += 1
        start_response("200 OK", list(self.headers))
        return [f"page {self.rendered} of {environ['PATH_INFO']}".encode()]


def ask(
    app: Any, path: str = "/", method: str = "GET", query: str = "", **headers: str
) -> tuple[str, dict, bytes]:
    answer: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> None:
        answer["status"], answer["headers"] = status, dict(headers)

    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "cho.test",
        **headers,
    }
    body = b"".join(app(environ, start))
    return answer["status"], answer["headers"], body


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    value = [b"1"]
    monkeypatch.setattr(wsgi, "version", lambda: value[0])
    monkeypatch.setattr(wsgi, "LOOK_EVERY", -1)
    return value


def test_a_public_page_is_rendered_once(counter: list[bytes]) -> None:
    shop = Shop()
    app = PageCache(shop)
    assert ask(app)[2] == ask(app)[2] == b"page 1 of /"
    assert shop.rendered == 1


def test_a_private_page_is_never_kept(counter: list[bytes]) -> None:
    app = PageCache(Shop("private, no-store"))
    assert ask(app)[2] != ask(app)[2]


def test_a_page_that_sets_a_cookie_is_never_kept(counter: list[bytes]) -> None:
    app = PageCache(Shop(extra=(("Set-Cookie", "a=b"),)))
    assert ask(app)[2] != ask(app)[2]


def test_a_file_is_left_to_the_browser(counter: list[bytes]) -> None:
    app = PageCache(Shop())
    app.application.headers[0] = ("Content-Type", "text/css")
    assert ask(app)[2] != ask(app)[2]


def test_a_change_is_shown_after_the_grace(counter: list[bytes]) -> None:
    now = [0.0]
    app = PageCache(Shop(), clock=lambda: now[0])
    ask(app)
    counter[0] = b"2"
    assert ask(app)[2] == b"page 1 of /"
    now[0] = wsgi.GRACE + 1
    assert ask(app)[2] == b"page 2 of /"


def test_a_page_dies_of_age_when_no_change_was_heard_of(counter: list[bytes]) -> None:
    now = [0.0]
    app = PageCache(Shop(), clock=lambda: now[0])
    ask(app)
    now[0] = wsgi.MAX_AGE - 1
    assert ask(app)[2] == b"page 1 of /"
    now[0] = wsgi.MAX_AGE + 1
    assert ask(app)[2] == b"page 2 of /"


@pytest.mark.parametrize(("accepted", "unpack"), [("gzip, br", brotli.decompress), ("gzip", gzip.decompress)])
def test_each_browser_gets_the_encoding_it_reads(counter: list[bytes], accepted: str, unpack: Any) -> None:
    app = PageCache(Shop())
    _, headers, body = ask(app, HTTP_ACCEPT_ENCODING=accepted)
    assert unpack(body) == b"page 1 of /"
    assert headers["Vary"] == "Accept-Encoding"
    assert int(headers["Content-Length"]) == len(body)


def test_an_unchanged_page_costs_no_bytes(counter: list[bytes]) -> None:
    app = PageCache(Shop())
    etag = ask(app)[1]["ETag"]
    status, headers, body = ask(app, HTTP_IF_NONE_MATCH=etag)
    assert (status, body) == ("304 Not Modified", b"")
    assert "Content-Length" not in headers


def test_advertisers_parameters_share_one_page(counter: list[bytes]) -> None:
    app = PageCache(Shop())
    assert ask(app, query="utm_source=zalo")[2] == ask(app, query="fbclid=1")[2]
    assert ask(app, query="trang=2")[2] != ask(app, query="trang=3")[2]


def test_hosts_do_not_share_pages(counter: list[bytes]) -> None:
    app = PageCache(Shop())
    assert ask(app)[2] != ask(app, HTTP_HOST="evil.test")[2]


def test_old_pages_leave_when_memory_is_full(counter: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsgi, "MAX_BYTES", 40)
    app = PageCache(Shop())
    for path in ("/a", "/b", "/c", "/d", "/e"):
        ask(app, path)
    assert app.bytes <= 40
    assert sum(len(page.body) for page in app.pages.values()) == app.bytes


def test_a_post_always_reaches_the_application(counter: list[bytes]) -> None:
    shop = Shop()
    app = PageCache(shop)
    ask(app)
    ask(app, method="POST")
    assert shop.rendered == 2
