"""T8: outbox jobs are done by a real worker that is killed again and again, a part of it or the whole."""

import random
import signal
import threading
import time
from collections import Counter
from functools import partial

from django.db import connection

from marketplace.outbox.delivery import deliver_due
from marketplace.outbox.models import Job
from marketplace.torture.accidents.forks import end_of, start
from marketplace.torture.accidents.on_order import Fuse
from marketplace.torture.findings import Finding, seen, seen_by_both
from marketplace.torture.guards import drop_triggers, without_transactions
from marketplace.torture.market import drain
from marketplace.torture.people.ordering import orders
from marketplace.torture.rails.transfers import pay_all
from marketplace.torture.workers.pause import PAUSE
from marketplace.torture.workers.processes import Worker, sweep
from payments.ledger.models import Entry, Line
from payments.models import Payment, Transfer
from payments.services import confirm_payment

FULL, SMALL = 500, 12
"""Transfers, each with a job that takes it in."""
EVERY, EVERY_SMALL = 2.0, 0.5
"""Seconds from when a worker is seen at work to its kill, on average."""
LEAST, LEAST_SMALL, MOST = 10, 1, 25
"""Kills: a quick machine has done everything sooner, a slow one would still be killed when the time is over."""
SECONDS, LIMIT = 120, 240
"""All jobs must be done in; after which the attack gives up."""
IN_THE_MIDST = (14, 18, 22, 26)
"""Statements of a job, the last of each kill of the negative control."""


def attack(market: str, *, small: bool, seed: int) -> Finding:
    """Every transfer is taken in once, and nothing is left."""
    finding, dice = Finding("T8"), random.Random(seed)
    payments = orders(market, SMALL if small else FULL, dice)
    drain()  # what was said when they were placed: the kills are for money
    pay_all(market, payments)
    begun = time.monotonic()
    killed = _work_and_kill(dice, pause=0.3 if small else 0.05, every=EVERY_SMALL if small else EVERY)
    seconds = time.monotonic() - begun
    finding.figures |= {"jobs": Job.objects.count(), "kills": dict(killed)}
    finding.must_take("seconds", seconds, at_most=SECONDS, applies=not small)
    finding.must_be("killed often enough", killed.total() >= (LEAST_SMALL if small else LEAST), True)
    _compare(finding, payments)
    finding.audit()
    finding.controls["counted twice by hand"] = _counted_twice(payments)
    finding.controls["without transactions"] = _without_guard(market, payments, dice)
    return finding


def _work_and_kill(dice: random.Random, *, pause: float, every: float) -> Counter[str]:
    """A kill `every` so many seconds at work, at random instants, until nothing is left or MOST are over.

    `pause`: seconds that a job takes, so that it is found half done. A new worker takes longer to start than it has
    to live: its time runs from when a job was done after the last kill, or else only starting ones would be killed.
    """
    killed: Counter[str] = Counter()
    worker, clock = Worker({PAUSE: str(pause)}), threading.Event()
    deadline = time.monotonic() + LIMIT
    try:
        left = _left()
        while left and time.monotonic() < deadline:
            sweep()
            while _left() == left and time.monotonic() < deadline:
                clock.wait(0.1)
            if killed.total() < MOST:
                clock.wait(dice.uniform(0.5, 1.5) * every)
                if _left():
                    killed[worker.kill_something(dice)] += 1
            left = _left()
    finally:
        worker.kill()
    return killed


def _left() -> int:
    """Of every kind: what is taken in leads to messages, which have to go out too."""
    return Job.objects.exclude(state=Job.State.DONE).count()


def _compare(finding: Finding, payments: list[Payment]) -> None:
    now = Payment.objects.filter(pk__in=[one.pk for one in payments])
    ends = Counter((one.state, one.received == one.amount) for one in now)
    finding.must_be("payments", ends, Counter({("confirmed", True): len(payments)}))
    finding.must_be("jobs left or parked", _left(), 0)
    finding.must_be("transfers", Transfer.objects.count(), len(payments))


def _counted_twice(payments: list[Payment]) -> int:
    """A job that had done its work and does it again past its guard must be seen, by the model and the audit."""
    return seen_by_both(
        partial(confirm_payment, payments[0], amount=payments[0].amount),
        lambda seen: _compare(seen, payments),
    )


def _without_guard(market: str, payments: list[Payment], dice: random.Random) -> int:
    """A job whose statements count one by one, killed in its midst, is half done when it is taken up again.

    0, as if nothing had been seen, where one did not die there.
    """
    drop_triggers(Entry, Line)  # that books balance is asked at the end of a transaction
    more = orders(market, len(IN_THE_MIDST), dice)
    drain()
    died = True
    for payment, last in zip(more, IN_THE_MIDST, strict=True):
        pay_all(market, [payment])
        died &= end_of(start(partial(_die_in_the_midst, last))) == -signal.SIGKILL
        drain()  # it is taken up again; left until the end the next one would die of it, before its own statement
    return seen(lambda seen: _compare(seen, [*payments, *more])) if died else 0


def _die_in_the_midst(last: int) -> None:
    with without_transactions(), connection.execute_wrapper(Fuse(last)):
        deliver_due()
