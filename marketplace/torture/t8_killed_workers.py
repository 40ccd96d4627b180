"""T8: outbox jobs are done by a real worker that is killed again and again, a part of it or the whole."""

import random
import threading
import time
from collections import Counter

from django.db import connections

from marketplace.outbox.models import Job
from marketplace.torture import bank
from marketplace.torture.buying import placed_orders
from marketplace.torture.findings import Finding, seen_by_both
from marketplace.torture.messages import send_all
from marketplace.torture.pause import PAUSE
from marketplace.torture.working import Worker, sweep
from payments.models import Payment, Transfer
from payments.services import confirm_payment

FULL, SMALL = (500, 25), (12, 3)
"""Transfers, each with a job that takes it in, and kills."""
LIMIT = 240
"""Seconds after which the attack gives up."""


def attack(market: str, *, small: bool, seed: int) -> Finding:
    """Every transfer is taken in once, and nothing is left."""
    finding, dice = Finding("T8"), random.Random(seed)
    transfers, kills = SMALL if small else FULL
    payments = placed_orders(transfers, dice)
    send_all(market, [bank.transfer(payment.reference, payment.amount) for payment in payments])
    begun = time.monotonic()
    killed = _work_and_kill(kills, dice, pause=0.3 if small else 0.1)
    finding.figures |= {
        "jobs": len(payments),
        "kills": dict(killed),
        "seconds": round(time.monotonic() - begun, 1),
    }
    finding.must_be("kills", killed.total(), kills)
    finding.must_be("jobs left", _left(), 0)
    finding.must_be("jobs parked", Job.objects.filter(state=Job.State.PARKED).count(), 0)
    _compare(finding, payments)
    finding.audit()
    finding.control = _control(payments)
    return finding


def _work_and_kill(kills: int, dice: random.Random, *, pause: float) -> Counter[str]:
    """A kill after each sign of progress. `pause`: seconds that a job takes, so that it is found half done."""
    killed: Counter[str] = Counter()
    worker, clock = Worker({PAUSE: str(pause)}), threading.Event()
    deadline = time.monotonic() + LIMIT
    try:
        left = _left()
        while left and time.monotonic() < deadline:
            sweep()
            while _left() == left and time.monotonic() < deadline:
                clock.wait(0.1)
            left = _left()
            if killed.total() < kills:
                clock.wait(dice.uniform(0, 2 * pause))
                killed[worker.kill_something(dice)] += 1
    finally:
        worker.kill()
    return killed


def _left() -> int:
    connections.close_all()
    return Job.objects.filter(kind="settle_notification").exclude(state=Job.State.DONE).count()


def _compare(finding: Finding, payments: list[Payment]) -> None:
    now = Payment.objects.filter(pk__in=[one.pk for one in payments])
    ends = Counter((one.state, one.received == one.amount) for one in now)
    finding.must_be("payments", ends, Counter({("confirmed", True): len(payments)}))
    finding.must_be("transfers", Transfer.objects.count(), len(payments))


def _control(payments: list[Payment]) -> int:
    """A job that had done its work and does it again past its guard must be seen, by the model and the audit."""
    confirm_payment(payments[0], amount=payments[0].amount)
    return seen_by_both(lambda seen: _compare(seen, payments))
