"""Public pages from memory, before Django is asked: a page for everybody is rendered once, not once a visitor."""

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import brotli

from .services import version

#: seconds that a page lives whatever happens, should a change have been missed
MAX_AGE = 300
#: seconds that a changed page may still be shown, so that a burst of orders does not render at every request
GRACE = 2
#: seconds between two looks at the counter
LOOK_EVERY = 1
#: bytes of pages that one worker keeps
MAX_BYTES = 4 * 1024 * 1024
#: parameters of advertisers, which change nothing on the page
_IGNORED = ("utm_", "fbclid", "gclid", "zarsrc")

#: static and media files are public too, but they are WhiteNoise's and the browser's to keep
_KINDS = ("text/html", "application/json")
_ABOUT_THE_BODY = ("Content-Type", "Content-Length", "Content-Encoding")

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Page:
    headers: list[tuple[str, str]]
    etag: str
    body: bytes
    version: bytes | None
    made_at: float


class PageCache:
    """Wraps a WSGI application; keeps answers that are 200, `Cache-Control: public` and set no cookie."""

    def __init__(self, application: App, clock: Callable[[], float] = time.monotonic) -> None:
        self.application = application
        self.clock = clock
        self.pages: OrderedDict[tuple[str, ...], Page] = OrderedDict()
        self.bytes = 0
        self.version: bytes | None = None
        self.looked_at = 0.0

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method not in {"GET", "HEAD"}:
            return self.application(environ, start_response)
        key = _key(environ)
        page = self._fresh(key)
        if page is None and method == "HEAD":
            return self.application(environ, start_response)
        if page is None:
            return self._render(key, environ, start_response)
        return _answer(page, environ, start_response)

    def _fresh(self, key: tuple[str, ...]) -> Page | None:
        page = self.pages.get(key)
        if page is None:
            return None
        age = self.clock() - page.made_at
        if age < GRACE or (age < MAX_AGE and page.version == self._current_version()):
            return page
        return None

    def _current_version(self) -> bytes | None:
        now = self.clock()
        if now - self.looked_at > LOOK_EVERY:
            self.version, self.looked_at = version(), now
        return self.version

    def _render(
        self, key: tuple[str, ...], environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        # the counter is read before the page, so that a change during rendering makes the page old, not fresh
        seen = self._current_version()
        started: list[Any] = []
        result = self.application(environ, _note(started))
        status, headers = started[0], started[1]
        if not _keepable(status, headers):
            start_response(status, headers, *started[2:])
            return result
        page = _encoded(headers, _joined(result), key[0], seen, self.clock())
        self._keep(key, page)
        return _answer(page, environ, start_response)

    def _keep(self, key: tuple[str, ...], page: Page) -> None:
        old = self.pages.pop(key, None)
        self.bytes += len(page.body) - (len(old.body) if old else 0)
        self.pages[key] = page
        while self.bytes > MAX_BYTES:
            _, dropped = self.pages.popitem(last=False)
            self.bytes -= len(dropped.body)


def _note(started: list[Any]) -> StartResponse:
    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> None:
        started[:] = [status, headers, *rest]

    return start


def _key(environ: Environ) -> tuple[str, ...]:
    query = environ.get("QUERY_STRING", "")
    if any(word in query for word in _IGNORED):
        pairs = parse_qsl(query, keep_blank_values=True)
        query = urlencode([(name, value) for name, value in pairs if not name.startswith(_IGNORED)])
    return (
        _encoding(environ.get("HTTP_ACCEPT_ENCODING", "")),
        environ.get("HTTP_HOST", ""),
        environ.get("wsgi.url_scheme", ""),
        environ.get("HTTP_X_FORWARDED_PROTO", ""),
        environ.get("PATH_INFO", ""),
        query,
    )


def _encoding(accepted: str) -> str:
    if "br" in accepted:
        return "br"
    return "gzip" if "gzip" in accepted else ""


def _keepable(status: str, headers: list[tuple[str, str]]) -> bool:
    names = {name.lower(): value for name, value in headers}
    return (
        status.startswith("200")
        and "public" in names.get("cache-control", "")
        and names.get("content-type", "").startswith(_KINDS)
        and "set-cookie" not in names
    )


def _joined(result: Iterable[bytes]) -> bytes:
    try:
        return b"".join(result)
    finally:
        if hasattr(result, "close"):
            result.close()


def _encoded(
    headers: list[tuple[str, str]], body: bytes, encoding: str, seen: bytes | None, now: float
) -> Page:
    if encoding == "br":
        body = brotli.compress(body, quality=5)
    elif encoding == "gzip":
        body = gzip.compress(body, 6)
    # SHA-256 because processors have instructions for it: three times as fast as BLAKE2
    etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    replaced = {"content-length", "content-encoding", "vary", "etag"}
    kept = [(name, value) for name, value in headers if name.lower() not in replaced]
    kept += [("Content-Length", str(len(body))), ("Vary", "Accept-Encoding"), ("ETag", etag)]
    if encoding:
        kept.append(("Content-Encoding", encoding))
    return Page(kept, etag, body, seen, now)


def _answer(page: Page, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    if page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start_response("304 Not Modified", [h for h in page.headers if h[0] not in _ABOUT_THE_BODY])
        return []
    start_response("200 OK", page.headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [page.body]
