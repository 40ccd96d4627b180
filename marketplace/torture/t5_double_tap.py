"""T5: the order button pressed ten times at once, over HTTP, by each of many guests."""

import random

from django.db.models import Sum

from farmers.partner.models import StockRecord
from marketplace.order.models import Order, Reservation
from marketplace.torture.buying import placed_orders
from marketplace.torture.findings import Finding
from marketplace.torture.guest import Answered, Guest
from marketplace.torture.market import durable_products
from payments.models import Payment

FULL, SMALL = 100, 3
"""Guests."""
TAPS = 10


def attack(market: str, *, small: bool, seed: int) -> Finding:
    """Every guest: one order, one attempt to pay, ten equal answers."""
    finding, dice = Finding("T5"), random.Random(seed)
    shelf, guests = durable_products(20), SMALL if small else FULL
    answers = [_tapped(Guest(market), dice.choice(shelf)) for _ in range(guests)]
    finding.figures |= {"guests": guests, "taps": TAPS * guests}
    _compare(finding, answers)
    finding.audit()
    finding.control = _control(answers, dice)
    return finding


def _tapped(guest: Guest, product: int) -> list[Answered]:
    return guest.press_together(guest.fill_in_checkout(product), TAPS)


def _compare(finding: Finding, answers: list[list[Answered]]) -> None:
    guests = len(answers)
    for number, taps in enumerate(answers):
        finding.must_be(f"kinds of answers to guest {number}", len(set(taps)), 1)
        finding.must_be(f"status for guest {number}", {tap.status for tap in taps}, {302})
    finding.must_be("pages led to", len({tap.where for taps in answers for tap in taps}), guests)
    finding.must_be("orders", Order.objects.count(), guests)
    finding.must_be("attempts to pay", Payment.objects.count(), guests)
    finding.must_be("packs held", Reservation.objects.count(), guests)
    held = StockRecord.objects.aggregate(held=Sum("num_allocated"))["held"]
    finding.must_be("packs allocated", held, guests)


def _control(answers: list[list[Answered]], dice: random.Random) -> int:
    """An order more than there were guests must be seen."""
    placed_orders(1, dice)
    seen = Finding("T5, one too many")
    _compare(seen, answers)
    return len(seen.differences)
