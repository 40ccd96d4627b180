"""A guest who can press one button many times at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlencode

from marketplace.demo.walkthrough import guest
from marketplace.demo.walkthrough.documents import Form
from marketplace.demo.walkthrough.visitor import TIMEOUT
from marketplace.torture.people.pressing import Answered, Pressing

CHECKOUT = "/thanh-toan/"
BUYER = {"name": guest.NAME, "phone": guest.PHONE, "line1": guest.HOUSE, "payment": "vietqr"}


class Guest(Pressing, guest.Guest):
    def fill_in_checkout(self, product: int, packs: int = 1) -> Form:
        """They are in the basket, everything is filled in, the finger over the button.

        Raises LookupError where they are sold out.
        """
        self.answer("/gio-hang/them/", urlencode({"product": product, "quantity": packs}).encode())
        place = self.find_place("ba dinh ha noi")
        self.see_shipping(place)
        form = self.open(CHECKOUT).form(CHECKOUT)
        form.fields.update(BUYER | place)
        return form

    def press_together(self, form: Form, times: int) -> list[Answered]:
        start = Barrier(times)

        def tap(_number: int) -> Answered:
            start.wait(timeout=TIMEOUT)
            return self.press(form)

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(tap, range(times)))
