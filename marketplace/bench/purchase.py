"""What a whole guest purchase takes over HTTP."""

import statistics
import time

from marketplace.demo.walkthrough.guest import Guest
from marketplace.demo.walkthrough.visitor import Answer

RUNS = 15


class TimedGuest(Guest):
    """A guest who waits for answers; what reading them costs the guest is not the market's."""

    waited = 0.0

    def answer(self, url: str, data: bytes | None = None) -> Answer:
        begun = time.perf_counter()
        try:
            return super().answer(url, data)
        finally:
            self.waited += time.perf_counter() - begun


def median_purchase(market: str) -> float:
    """Milliseconds of all answers from search to payment page, one guest after the other."""
    _buy(market)
    return statistics.median(_buy(market) for _ in range(RUNS))


def _buy(market: str) -> float:
    guest = TimedGuest(market)
    bought = guest.put_into_basket("hat dieu rang")
    guest.look_into_basket([bought])
    place = guest.find_place("ba dinh ha noi")
    guest.see_shipping(place)
    guest.order_and_choose_bank_transfer(place)
    return guest.waited * 1000
