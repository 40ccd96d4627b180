"""A guest who can press one button many times at once."""

import http.client
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from threading import Barrier
from urllib.parse import urlencode, urlsplit

from marketplace.demo.walkthrough import guest
from marketplace.demo.walkthrough.documents import Form
from marketplace.demo.walkthrough.visitor import TIMEOUT
from marketplace.torture.accidents import COUNT

CHECKOUT = "/thanh-toan/"
BUYER = {"name": guest.NAME, "phone": guest.PHONE, "line1": guest.HOUSE, "payment": "vietqr"}


@dataclass(frozen=True)
class Answered:
    """What came back: its status, where it leads, and how many statements it took."""

    status: int
    where: str
    statements: int = field(compare=False)


class Guest(guest.Guest):
    def __init__(self, market: str) -> None:
        super().__init__(market)
        self.jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def fill_in_checkout(self, product: int) -> Form:
        """One pack in the basket, everything filled in, the finger over the button."""
        self.answer("/gio-hang/them/", urlencode({"product": product, "quantity": 1}).encode())
        place = self.find_place("ba dinh ha noi")
        self.see_shipping(place)
        form = self.open(CHECKOUT).form(CHECKOUT)
        form.fields.update(BUYER | place)
        return form

    def press(self, form: Form, **headers: str) -> Answered:
        """On a connection of its own, with the cookies of now; a redirect is not followed.

        Raises OSError or HTTPException when the market dies of it.
        """
        line = http.client.HTTPConnection(urlsplit(self.market).netloc, timeout=TIMEOUT)
        headers |= {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar),
            "Origin": self.market,
            "Referer": f"{self.market}{form.action}",
        }
        try:
            line.request("POST", form.action, urlencode(form.fields).encode(), headers)
            answer = line.getresponse()
            answer.read()
            statements = int(answer.getheader(COUNT, "0"))
            return Answered(answer.status, answer.getheader("Location", ""), statements)
        finally:
            line.close()

    def press_together(self, form: Form, times: int) -> list[Answered]:
        start = Barrier(times)

        def tap(_number: int) -> Answered:
            start.wait(timeout=TIMEOUT)
            return self.press(form)

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(tap, range(times)))
