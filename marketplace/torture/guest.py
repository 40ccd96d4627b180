"""A guest who can press one button many times at once."""

import http.client
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlsplit

from marketplace.demo.walkthrough.visitor import TIMEOUT, Visitor


class Guest(Visitor):
    def __init__(self, market: str) -> None:
        super().__init__(market)
        self.jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def press(self, path: str, body: bytes) -> tuple[int, str]:
        """POST on a connection of its own, with the cookies of now; status and Location, not followed."""
        line = http.client.HTTPConnection(urlsplit(self.market).netloc, timeout=TIMEOUT)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar),
            "Origin": self.market,
            "Referer": f"{self.market}{path}",
        }
        try:
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            answer.read()
            return answer.status, answer.getheader("Location", "")
        finally:
            line.close()
