"""The buyer's half: search, basket, checkout, the bank, and the way of the parcels."""

import re
import time
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from marketplace.demo.walkthrough.documents import Document
from marketplace.demo.walkthrough.report import check
from marketplace.demo.walkthrough.visitor import Unexpected, Visitor

#: seconds that the market may take to believe the bank
PATIENCE = 30
PAUSE = 0.5

PHONE = "0912 000 077"
NAME = "Khách Dạo Chợ"
HOUSE = "Số 3 ngõ Lúa, nhà có giàn mướp"


@dataclass(frozen=True)
class Bought:
    """A product in the basket; `seller` is the code in the address of the farm's page."""

    title: str
    seller: str


class Guest(Visitor):
    """Somebody in Hà Nội without an account."""

    order: str = ""
    tracking: str = ""

    def put_into_basket(self, query: str, *, other_than: str = "") -> Bought:
        """The first result for `query` that can be bought, of another seller than `other_than`."""
        found = self.open(f"/tim-kiem/?q={quote(query)}")
        pages = [link.url for link in found.links if _is_product(link.url)]
        check(pages, f"nothing was found for {query!r}")
        for page in dict.fromkeys(pages):
            product = self.open(page)
            bought = self._bought(product)
            if bought.seller != other_than and _can_be_bought(product):
                self.send(product.form("/gio-hang/them/"), quantity=1)
                return bought
        raise Unexpected(f"no result for {query!r} can be bought of a second farm")

    def _bought(self, product: Document) -> Bought:
        seller = product.link("/nha-vuon/").rstrip("/").rpartition("/")[2]
        return Bought(title=product.title, seller=seller)

    def look_into_basket(self, things: list[Bought]) -> None:
        basket = self.open("/gio-hang/")
        for thing in things:
            check(thing.title in basket.text, f"the basket does not show {thing.title!r}")

    def find_place(self, query: str) -> dict[str, str]:
        """What the box for places puts into the form for its first suggestion."""
        found = self.json(f"/dia-chi/tim/?q={quote(query)}")
        check(found, f"no commune is called {query!r}")
        return {"place": found[0]["label"], "commune": found[0]["code"], "place_typed": found[0]["label"]}

    def see_shipping(self, place: dict[str, str]) -> None:
        """The sum with every farm's shipping, before anything is promised."""
        basket = self.open(f"/gio-hang/?{urlencode(place)}")
        check("ngày" in basket.text, f"the basket tells no shipping: {basket.text[:300]}")

    def order_and_choose_bank_transfer(self, place: dict[str, str]) -> None:
        form = self.open("/thanh-toan/").form("/thanh-toan/")
        self.send(form, phone=PHONE, name=NAME, line1=HOUSE, payment="vietqr", **place)
        check("/tra-tien/" in self.at, f"the checkout did not lead to the payment page but to {self.at}")
        self.order = self.at.partition("/don-hang/")[2].partition("/")[0]

    def pay_at_bank(self) -> None:
        """Open the pretended bank app from the payment page and press "paid exactly"."""
        payment = self.at
        transfer = self.open(self.open(payment).link("payload="))
        exact = next(form for form in transfer.forms if form.fields.get("kind") == "exact")
        self.send(exact)
        self.at = payment

    def wait_until_paid(self) -> None:
        deadline = time.monotonic() + PATIENCE
        page = self.open(self.at)
        while not page.title.startswith("Đã nhận"):
            check(
                time.monotonic() < deadline, f"not paid after {PATIENCE} s; the page says: {page.text[:300]}"
            )
            time.sleep(PAUSE)
            page = self.open(self.at)

    def parcel_numbers(self) -> list[str]:
        """As the farms know our parcels: the order's own number is shown to nobody but us."""
        numbers = re.findall(r"\bK\d{10}\b", self.open(f"/don-hang/{self.order}/").text)
        check(numbers, "the order shows no numbers of its parcels")
        return list(dict.fromkeys(numbers))

    def see_parcels_on_their_way(self, tracking_numbers: list[str]) -> None:
        order = self.open(f"/don-hang/{self.order}/")
        for number in tracking_numbers:
            check(number in order.text, f"the order does not show the parcel {number}")


def _is_product(url: str) -> bool:
    return url.startswith("/san-pham/") and "/nhom/" not in url and url != "/san-pham/"


def _can_be_bought(product: Document) -> bool:
    return any("/gio-hang/them/" in form.action for form in product.forms)
