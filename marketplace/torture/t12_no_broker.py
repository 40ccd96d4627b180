"""T12: the broker is gone, or takes connections and says nothing, while guests order; then it is back."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from marketplace.messaging.models import Message
from marketplace.order.models import Order
from marketplace.outbox.models import Job
from marketplace.torture.findings import Finding, seen
from marketplace.torture.guards import overwrite
from marketplace.torture.guest import Guest
from marketplace.torture.market import durable_products, open_market
from marketplace.torture.ports import closed_port, free_port, silent_port
from marketplace.torture.working import Worker, sweep

FULL, SMALL = 200, 4
"""Orders, one half with either kind of broker."""
AT_ONCE = 8
HELD_AT_MOST = 15
"""Seconds that a broker may hold one guest."""
DRAIN = 60
"""Seconds that the messages may take once there is a worker again."""


def attack(market: str, *, small: bool, seed: int) -> Finding:
    """Every guest has an order, and every message goes out once."""
    finding, dice = Finding("T12"), random.Random(seed)
    guests, longest = (SMALL if small else FULL) // 2, 0.0
    with silent_port() as silent, closed_port() as closed:
        for port in (closed, silent):
            with open_market(free_port(), TORTURE_BROKER=_broker(port)) as cut_off:
                longest = max(longest, _order(finding, cut_off, guests, dice))
    finding.figures |= {"orders": 2 * guests, "longest_answer_seconds": round(longest, 1)}
    finding.must_be("orders", Order.objects.count(), 2 * guests)
    finding.must_be("held too long", longest > HELD_AT_MOST, False)
    finding.must_be("messages sent without a worker", _sent(), 0)
    finding.controls["jobs that waited"] = Job.objects.exclude(state=Job.State.DONE).count()
    finding.must_take("drain_seconds", _drain(), at_most=DRAIN, tolerated=DRAIN)
    _compare(finding)
    finding.audit()
    finding.controls["the broker alone knows of a job"] = _without_guard(dice)
    return finding


def _compare(finding: Finding) -> None:
    finding.must_be("jobs left", Job.objects.exclude(state=Job.State.DONE).count(), 0)
    finding.must_be("messages tried twice", Job.objects.filter(kind="message", attempts__gt=1).count(), 0)
    finding.must_be("messages sent", _sent(), Message.objects.count())


def _without_guard(dice: random.Random) -> int:
    """Where the outbox keeps nothing to be done, what the broker was not told is forgotten."""
    overwrite(Job, "state", f"'{Job.State.DONE}'", at="INSERT")
    with closed_port() as closed, open_market(free_port(), TORTURE_BROKER=_broker(closed)) as cut_off:
        _order(Finding("guard off"), cut_off, 1, dice)
    _drain()
    return seen(_compare)


def _broker(port: int) -> str:
    return f"redis://127.0.0.1:{port}/0"


def _order(finding: Finding, market: str, guests: int, dice: random.Random) -> float:
    """Seconds of the longest answer."""
    shelf = durable_products(20)
    products = [dice.choice(shelf) for _ in range(guests)]

    def buy(product: int) -> tuple[int, float]:
        guest = Guest(market)
        form = guest.fill_in_checkout(product)
        begun = time.monotonic()
        return guest.press(form).status, time.monotonic() - begun

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(buy, products))
    finding.must_be("answers", {status for status, _seconds in answers}, {302})
    return max(seconds for _status, seconds in answers)


def _sent() -> int:
    return Message.objects.filter(state=Message.State.SENT).count()


def _drain() -> float:
    connections.close_all()
    worker, clock, begun = Worker(), threading.Event(), time.monotonic()
    try:
        sweep()
        while Job.objects.exclude(state=Job.State.DONE).exists() and time.monotonic() - begun < DRAIN:
            clock.wait(0.2)
    finally:
        worker.kill()
    return round(time.monotonic() - begun, 1)
