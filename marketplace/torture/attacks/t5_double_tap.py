"""T5: the order button pressed ten times at once, over HTTP, by each of many guests who want to pay by MoMo."""

import random
from functools import partial

from django.db.models import Sum
from oscar.apps.basket.models import Basket

from farmers.partner.models import StockRecord
from marketplace.order.models import Order, Reservation
from marketplace.torture.findings import Finding, seen
from marketplace.torture.guards import drop_unique, overwrite
from marketplace.torture.market import durable_products
from marketplace.torture.people.guest import Answered, Guest
from marketplace.torture.rails.beside import rail_and_market
from marketplace.torture.rails.pretended import Rail
from payments.models import Payment

FULL, SMALL = 100, 3
"""Guests."""
TAPS = 10
TRIES = 10
"""Guests of the negative control at most, until two taps of one really meet."""


def attack(market: str, *, small: bool, seed: int) -> Finding:
    """Every guest: one order, one attempt to pay, one charge at the rail, ten equal answers."""
    finding, dice = Finding("T5"), random.Random(seed)
    shelf, guests = durable_products(20), SMALL if small else FULL
    with rail_and_market("momo") as (rail, shop):
        answers = [_tapped(shop, dice.choice(shelf)) for _ in range(guests)]
        finding.figures |= {"guests": guests, "taps": TAPS * guests, "charges": len(rail.charges())}
        _compare(finding, rail, answers)
        finding.audit()
        finding.controls["without unique tokens"] = _without_guards(shop, rail, answers, dice.choice(shelf))
    return finding


def _tapped(shop: str, product: int) -> list[Answered]:
    guest = Guest(shop)
    form = guest.fill_in_checkout(product)
    form.fields["payment"] = "momo"
    return guest.press_together(form, TAPS)


def _compare(finding: Finding, rail: Rail, answers: list[list[Answered]]) -> None:
    guests = len(answers)
    for number, taps in enumerate(answers):
        finding.must_be(f"kinds of answers to guest {number}", len(set(taps)), 1)
        finding.must_be(f"status for guest {number}", {tap.status for tap in taps}, {302})
    finding.must_be("pages led to", len({tap.where for taps in answers for tap in taps}), guests)
    _compare_rows(finding, rail, guests)


def _compare_rows(finding: Finding, rail: Rail, guests: int) -> None:
    finding.must_be("orders", Order.objects.count(), guests)
    attempts = dict(Payment.objects.values_list("reference", "amount"))
    finding.must_be("attempts to pay", len(attempts), guests)
    finding.must_be("charges at the rail", rail.charges(), attempts)
    finding.must_be("packs held", Reservation.objects.count(), guests)
    held = StockRecord.objects.aggregate(held=Sum("num_allocated"))["held"]
    finding.must_be("packs allocated", held, guests)


def _without_guards(shop: str, rail: Rail, answers: list[list[Answered]], product: int) -> int:
    """A token may be used twice, and a basket ordered twice: the taps that meet make an order each."""
    drop_unique(Order, "submission_token")
    overwrite(Basket, "status", "OLD.status", at="UPDATE")
    for more in range(1, TRIES + 1):
        _tapped(shop, product)
        if differences := seen(partial(_compare_rows, rail=rail, guests=len(answers) + more)):
            return differences
    return 0
