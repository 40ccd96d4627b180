"""T5: the order button pressed ten times at once, over HTTP, by each of many guests."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlencode

from django.db.models import Sum

from farmers.partner.models import StockRecord
from marketplace.demo.walkthrough.documents import Form
from marketplace.order.models import Order, Reservation
from marketplace.torture.buying import PLACE
from marketplace.torture.findings import Finding
from marketplace.torture.guest import Guest
from marketplace.torture.market import durable_products
from payments.models import Payment

FULL, SMALL = 100, 3
TAPS = 10
BUYER = {"name": "Chị Lan", "phone": "0912 000 001", "line1": "12 Hoàng Diệu", "payment": "vietqr"}


def attack(market: str, *, small: bool, seed: int) -> Finding:
    """Every guest: one order, one attempt to pay, ten equal answers."""
    finding, dice = Finding("T5"), random.Random(seed)
    shelf = durable_products(20)
    carts = SMALL if small else FULL
    answers = [tap_together(*ready(market, dice.choice(shelf))) for _ in range(carts)]
    finding.figures |= {"carts": carts, "taps": TAPS * carts}
    for number, taps in enumerate(answers):
        finding.must_be(f"kinds of answers to cart {number}", len(set(taps)), 1)
        finding.must_be(f"status for cart {number}", {status for status, _ in taps}, {302})
    finding.must_be("orders", Order.objects.count(), carts)
    finding.must_be("attempts to pay", Payment.objects.count(), carts)
    finding.must_be("pages led to", len({where for taps in answers for _, where in taps}), carts)
    finding.must_be("packs held", Reservation.objects.count(), carts)
    held = StockRecord.objects.aggregate(held=Sum("num_allocated"))["held"]
    finding.must_be("packs allocated", held, carts)
    finding.audit()
    return finding


def ready(market: str, product: int) -> tuple[Guest, Form]:
    """A guest with a pack in the basket, who has seen the sum and has the finger over the button."""
    guest = Guest(market)
    guest.answer("/gio-hang/them/", urlencode({"product": product, "quantity": 1}).encode())
    found = next(one for one in guest.json("/dia-chi/tim/?q=ba+dinh+ha+noi") if one["commune"] == PLACE)
    place = {"place": found["label"], "place_typed": found["label"], "commune": PLACE}
    form = guest.open("/thanh-toan/").form("/thanh-toan/")
    shown = guest.send(form, **BUYER, **place, update="1").form("/thanh-toan/")
    shown.fields.pop("update", None)
    shown.fields.update(BUYER | place)
    return guest, shown


def tap_together(guest: Guest, form: Form) -> list[tuple[int, str]]:
    """The status of each tap's answer and where it leads."""
    start = Barrier(TAPS)
    body = urlencode(form.fields).encode()

    def tap(_number: int) -> tuple[int, str]:
        start.wait(timeout=30)
        return guest.press("/thanh-toan/", body)

    with ThreadPoolExecutor(TAPS) as pool:
        return list(pool.map(tap, range(TAPS)))
