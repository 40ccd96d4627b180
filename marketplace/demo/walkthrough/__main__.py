"""`python -m marketplace.demo.walkthrough [URL]`: exit status 0 only if every step worked."""

import os
import sys

from marketplace.demo import records
from marketplace.demo.walkthrough.guest import Bought, Guest
from marketplace.demo.walkthrough.report import Failed, say, step
from marketplace.demo.walkthrough.seller import Seller

DEFAULT = "http://127.0.0.1:8000"


def main(arguments: list[str]) -> int:
    market = arguments[0] if arguments else os.environ.get("SITE_URL", DEFAULT)
    say(f"A purchase at {market}")
    try:
        guest = Guest(market)
        things = buy(guest)
        sellers = fulfil(guest, things)
    except Failed as failed:
        say(f"The walkthrough stopped at: {failed}")
        return 1
    say(f"Order {guest.order} went from search to {len(sellers)} parcels on their way.")
    return 0


def buy(guest: Guest) -> list[Bought]:
    with step("the front page opens"):
        guest.open("/")
    with step("search `hat dieu`, put the first into the basket"):
        first = guest.put_into_basket("hat dieu")
    with step("search `ho tieu`, add one of another farm"):
        second = guest.put_into_basket("ho tieu", other_than=first.seller)
    things = [first, second]
    with step("the basket shows both farms"):
        guest.look_into_basket(things)
    with step("find the commune `ba dinh ha noi`"):
        place = guest.find_place("ba dinh ha noi")
    with step("the basket shows the shipping there"):
        guest.see_shipping(place)
    with step("check out as a guest, by bank transfer"):
        guest.order_and_choose_bank_transfer(place)
    with step(f"pay order {guest.order} at the bank simulator"):
        guest.pay_at_bank()
    with step("the page turns to paid"):
        guest.wait_until_paid()
    return things


def fulfil(guest: Guest, things: list[Bought]) -> list[Seller]:
    phones = {seller.code: seller.phone for seller in records.read().sellers}
    numbers = guest.parcel_numbers()
    sellers = [Seller(guest.market, code=thing.seller, phone=phones[thing.seller]) for thing in things]
    for seller, mine in zip(sellers, things, strict=True):
        with step(f"{seller.code} signs in by code"):
            seller.sign_in()
        with step(f"{seller.code} sees only its own part"):
            others = [thing for thing in things if thing is not mine]
            seller.find_parcel(guest.order, numbers, mine, others)
    for seller, neighbour in zip(sellers, reversed(sellers), strict=True):
        with step(f"{seller.code} cannot open the part of {neighbour.code}"):
            seller.may_not_open(neighbour.parcel)
    tracking = [f"VTP{number}" for number in numbers]
    for seller, number in zip(sellers, tracking, strict=True):
        with step(f"{seller.code} accepts, prints the packing slip, hands over"):
            seller.accept()
            seller.print_packing_slip()
            seller.hand_over(number)
    with step("the buyer sees both parcels on their way"):
        guest.see_parcels_on_their_way(tracking)
    return sellers


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
