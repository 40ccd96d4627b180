"""A person with a browser of their own: cookies, redirects, forms; no scripts."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from marketplace.demo.walkthrough.documents import Document, Form

TIMEOUT = 30  # seconds


class Unexpected(Exception):
    """The market answered otherwise than a visitor may expect."""


@dataclass(frozen=True)
class Answer:
    url: str
    status: int
    body: bytes

    @property
    def document(self) -> Document:
        return Document(self.body.decode())


class Visitor:
    """Starts at the market's front page without any cookie."""

    def __init__(self, market: str) -> None:
        self.market = market.rstrip("/")
        self.at = f"{self.market}/"
        self.jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def open(self, url: str) -> Document:
        """Follow a link from the page we are on. Raises Unexpected unless the page opens."""
        return self._require(self.answer(url)).document

    def answer(self, url: str, data: bytes | None = None) -> Answer:
        """Whatever comes back, after redirects; the page we are on becomes its address."""
        target = urljoin(self.at, url)
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(target))
        headers = {"User-Agent": "market-walkthrough", "Accept": "text/html", "Referer": self.at}
        request = urllib.request.Request(target, data, headers | ({"Origin": origin} if data else {}))
        try:
            with self._opener.open(request, timeout=TIMEOUT) as response:
                answer = Answer(response.url, response.status, response.read())
        except urllib.error.HTTPError as error:
            answer = Answer(error.url, error.code, error.read())
        except OSError as error:
            raise Unexpected(f"{target} cannot be reached: {error}") from error
        self.at = answer.url
        return answer

    def send(self, form: Form, **values: Any) -> Document:
        """Press the form's button, with `values` typed over what it holds."""
        fields = form.fields | {name: str(value) for name, value in values.items()}
        if form.method == "get":
            return self.open(f"{form.action}?{urlencode(fields)}")
        return self._require(self.answer(form.action or self.at, urlencode(fields).encode())).document

    def json(self, url: str) -> Any:
        return json.loads(self._require(self.answer(url)).body)

    def _require(self, answer: Answer) -> Answer:
        if answer.status != 200:
            said = answer.document.text[:300]
            raise Unexpected(f"{answer.url} answered {answer.status}: {said}")
        return answer
