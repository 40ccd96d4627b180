"""T12: while guests order, the lines to the broker break, or carry nothing any more; then it is back."""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from tempfile import TemporaryDirectory

import redis
from django.conf import settings
from django.db import connections

from marketplace.embedded.ports import free_port
from marketplace.messaging.models import Message
from marketplace.order.models import Order
from marketplace.outbox.models import Job
from marketplace.torture.accidents.wire import CLOSED, SILENT, Wire, between, closed_port
from marketplace.torture.findings import Finding, seen
from marketplace.torture.guards import overwrite
from marketplace.torture.market import AT_ONCE, QUEUE, durable_products, open_market
from marketplace.torture.people.guest import Guest
from marketplace.torture.workers.handed_over import FILE
from marketplace.torture.workers.processes import Worker, sweep

FULL, SMALL = 200, 16
"""Orders, one half with either way to cut the line."""
LONG, SHORT = 60, 2
"""Seconds that it is cut, in full and in small."""
BEFORE, AFTER = 0.25, 0.2
"""Shares of the orders that are placed while the line is whole."""
HELD_AT_MOST = 15
"""Seconds that a broker may hold one guest."""
DRAIN = 60
"""Seconds that the messages may take once the broker is back."""
BEAT = 30
"""Seconds of "sweep-outbox" in settings.CELERY_BEAT_SCHEDULE."""
_CLOCK = threading.Event()


def attack(market: str, *, small: bool, seed: int) -> Finding:
    """Every guest has an order, and every message goes out once."""
    finding, dice = Finding("T12"), random.Random(seed)
    guests, seconds = (SMALL, SHORT) if small else (FULL, LONG)
    finding.figures |= {"orders": guests, "cut_seconds": seconds}
    with (
        TemporaryDirectory() as place,
        between(settings.REDIS_URL) as webs,
        between(settings.REDIS_URL) as workers,
    ):
        told = Path(place) / "handed-over"
        worker = Worker({"TORTURE_BROKER": workers.url, FILE: str(told)})
        try:
            with open_market(free_port(), TORTURE_BROKER=webs.url) as market:
                for how in (CLOSED, SILENT):
                    mended = _cut_amidst(finding, market, (webs, workers), how, guests // 2, seconds, dice)
                    finding.figures[f"asked by the beat, {how}"] = _drain(mended, worker)
                    drained = time.monotonic() - mended
                    finding.must_take(f"drain, {how}", drained, at_most=DRAIN, tolerated=DRAIN)
            finding.figures["starts of the worker"] = worker.starts
            finding.must_be("orders", Order.objects.count(), guests)
            _compare(finding, told)
            finding.audit()
            finding.controls["sent twice by hand"] = _sent_twice(told)
            finding.controls["the broker alone knows of a job"] = _without_guard(dice, told, worker)
        finally:
            worker.kill()
    return finding


def _cut_amidst(
    finding: Finding,
    market: str,
    lines: tuple[Wire, Wire],
    how: str,
    guests: int,
    seconds: float,
    dice: random.Random,
) -> float:
    """Both lines, the web's and the worker's, break while guests order, and are mended; the processes go on.

    The web's first: what its processes tell the broker then waits there for the worker. Returns when they were.
    """
    web, work = lines
    before, after = round(guests * BEFORE), round(guests * AFTER)
    amidst = guests - before - after
    with ThreadPoolExecutor(AT_ONCE) as pool:
        whole = [pool.submit(_buy, market, product) for product in _products(before, dice)]
        wait(whole[: before // 2])
        begun = time.monotonic()
        web.cut(how)
        work.cut(how)
        cut = [
            pool.submit(_buy, market, product, begun + at * seconds / amidst)
            for at, product in enumerate(_products(amidst, dice))
        ]
        wait(cut)
        _CLOCK.wait(max(begun + seconds - time.monotonic(), 0))
    finding.controls[f"jobs that waited, {how}"] = _left()
    _forget_asked()
    web.mend()
    answers = [one.result() for one in whole + cut] + [_buy(market, one) for one in _products(after, dice)]
    finding.must_be(f"the web speaks to the broker again, {how}", _asked_for() > 0, True)
    work.mend()
    mended = time.monotonic()
    finding.must_be(f"answers, {how}", {status for status, _seconds in answers}, {302})
    longest = max(seconds for _status, seconds in answers)
    finding.must_take(f"longest answer, {how}", longest, at_most=HELD_AT_MOST, tolerated=HELD_AT_MOST)
    return mended


def _products(count: int, dice: random.Random) -> list[int]:
    shelf = durable_products(20)
    return [dice.choice(shelf) for _ in range(count)]


def _buy(market: str, product: int, at: float = 0) -> tuple[int, float]:
    """The answer's status, and the seconds it took; not begun before `at`."""
    _CLOCK.wait(max(at - time.monotonic(), 0))
    guest = Guest(market)
    form = guest.fill_in_checkout(product)
    begun = time.monotonic()
    return guest.press(form).status, time.monotonic() - begun


def _forget_asked() -> None:
    """The broker comes back empty."""
    with redis.from_url(settings.REDIS_URL) as valkey:
        valkey.delete(QUEUE)


def _asked_for() -> int:
    """Tasks that wait at the broker for a worker."""
    with redis.from_url(settings.REDIS_URL) as valkey:
        return int(valkey.llen(QUEUE))


def _left() -> int:
    connections.close_all()
    return Job.objects.exclude(state=Job.State.DONE).count()


def _drain(since: float, worker: Worker) -> int:
    """Until nothing is left or the time is over: how often the beat had to ask, every thirty seconds."""
    asked = 0
    while _left() and time.monotonic() - since < DRAIN:
        worker.tend()
        if time.monotonic() - since > (asked + 1) * BEAT:
            sweep()
            asked += 1
        _CLOCK.wait(0.2)
    return asked


def _compare(finding: Finding, told: Path) -> None:
    finding.must_be("jobs left", _left(), 0)
    finding.must_be("messages tried twice", Job.objects.filter(kind="message", attempts__gt=1).count(), 0)
    sent = Message.objects.filter(state=Message.State.SENT)
    finding.must_be("messages sent", sent.count(), Message.objects.count())
    given = Counter(told.read_text().split("\n")[:-1])
    finding.must_be("given to the channel", given, Counter(Message.objects.values_list("key", flat=True)))


def _sent_twice(told: Path) -> int:
    """A message that the channel was given once more."""
    whole = told.read_text()
    told.write_text(whole + whole.partition("\n")[0] + "\n")
    differences = seen(lambda seen: _compare(seen, told))
    told.write_text(whole)
    return differences


def _without_guard(dice: random.Random, told: Path, worker: Worker) -> int:
    """Where the outbox keeps nothing to be done, what the broker was not told is forgotten."""
    overwrite(Job, "state", f"'{Job.State.DONE}'", at="INSERT")
    with (
        closed_port() as closed,
        open_market(free_port(), TORTURE_BROKER=f"redis://127.0.0.1:{closed}/0") as cut_off,
    ):
        for product in _products(1, dice):
            _buy(cut_off, product)
    sweep()
    _drain(time.monotonic(), worker)
    return seen(lambda seen: _compare(seen, told))
