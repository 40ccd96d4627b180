"""T9: the web worker dies at twelve points of placing an order, over HTTP; the guest presses the button again."""

import http.client
import random
from contextlib import suppress
from datetime import timedelta

from django.db.models import Count, Sum

from farmers.partner.models import StockRecord
from marketplace.bench.servers import WEB_WORKERS
from marketplace.demo.walkthrough.documents import Form
from marketplace.order.models import Line, Order, SellerOrder
from marketplace.order.placement import HOLD_FOR_PAYMENT
from marketplace.torture.accidents.on_order import HALVES, HEADER
from marketplace.torture.findings import Finding
from marketplace.torture.guards import drop_triggers
from marketplace.torture.market import durable_products
from marketplace.torture.people.guest import Guest
from payments.services import expire_unpaid

POINTS = 12
FULL, SMALL = 20, 1
"""Guests at each point."""
COUNTED = WEB_WORKERS + 1
"""Orders that nobody is killed for: a worker's first takes statements that its later ones do not."""


def attack(market: str, *, small: bool, seed: int) -> Finding:
    finding, dice = Finding("T9"), random.Random(seed)
    shelf = durable_products(20)
    points = _points(min(_statements(market, dice.choice(shelf)) for _ in range(COUNTED)))
    finding.must_be("points", len(points), POINTS)
    guests = SMALL if small else FULL
    for point in points * guests:
        _survive(finding, Guest(market), dice.choice(shelf), point)
    placed = COUNTED + len(points) * guests
    finding.figures |= {"points": points, "kills": len(points) * guests}
    finding.must_be("orders", Order.objects.count(), placed)
    finding.must_be("packs allocated", _allocated(), placed)
    _expire(finding)
    finding.audit()
    finding.controls["without transactions"] = _without_guard(market, dice.choice(shelf), points)
    return finding


def _statements(market: str, product: int) -> int:
    """That placing an order takes, counted where nobody is killed."""
    guest = Guest(market)
    return guest.press(guest.fill_in_checkout(product)).statements


def _points(statements: int) -> list[str]:
    """From the first statement to the last, and once all is committed."""
    marks = {1 + at * (statements - 1) // (POINTS - 2) for at in range(POINTS - 1)}
    return [f"kill {mark}" for mark in sorted(marks)] + ["kill end"]


def _survive(finding: Finding, guest: Guest, product: int, point: str) -> None:
    form, before = guest.fill_in_checkout(product), Order.objects.count()
    try:
        answer = guest.press(form, **{HEADER: point})
        finding.must_be(f"answer at {point}", answer.status, None)
    except (OSError, http.client.HTTPException):
        pass
    finding.must_be(f"halves at {point}", _halves(), 0)
    finding.must_be(f"orders at {point}", Order.objects.count() - before in (0, 1), True)
    finding.must_be(f"second try at {point}", _again(guest, form), 302)
    finding.must_be(f"orders after {point}", Order.objects.count() - before, 1)


def _again(guest: Guest, form: Form) -> int:
    """A dying worker may take a connection with it that had just been let in."""
    for _ in range(5):
        try:
            return guest.press(form).status
        except (OSError, http.client.HTTPException):
            continue
    return 0


def _halves() -> int:
    """Orders without their parcel, their attempt to pay or the packs that are held for them."""
    parts = {"parcels": "seller_orders", "attempts": "payments", "held": "lines__reservation"}
    counts = {name: Count(path, distinct=True) for name, path in parts.items()}
    return Order.objects.annotate(**counts).exclude(parcels=1, attempts=1, held=1).count()


def _allocated() -> int:
    return int(StockRecord.objects.aggregate(held=Sum("num_allocated"))["held"])


def _expire(finding: Finding) -> None:
    """A minute after the last order's time is over, nothing is held any more."""
    moments = Order.objects.values_list("date_placed", "expires_at")
    finding.must_be("times to pay", {ends - placed for placed, ends in moments}, {HOLD_FOR_PAYMENT})
    expire_unpaid(max(ends for _placed, ends in moments) + timedelta(minutes=1))
    finding.must_be("packs allocated after the time to pay", _allocated(), 0)


def _without_guard(market: str, product: int, points: list[str]) -> int:
    """Where every statement counts by itself, a worker that dies leaves half an order."""
    drop_triggers(Order, SellerOrder, Line)  # that orders add up is asked at the end of a transaction
    for point in reversed(points):
        guest = Guest(market)
        with suppress(OSError, http.client.HTTPException):
            guest.press(guest.fill_in_checkout(product), **{HEADER: point, HALVES: "yes"})
        if halves := _halves():
            return halves
    return 0
