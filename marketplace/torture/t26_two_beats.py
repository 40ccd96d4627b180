"""T26: ten minutes in which two beats ask for everything and two workers do it, at the same moment each time."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import time_machine
from django.conf import settings
from django.db import connections
from django.db.models import Count, Q, Sum
from django.test import override_settings
from django.utils import timezone
from django.utils.module_loading import import_string

from farmers.partner.models import StockRecord
from marketplace.order.models import SellerOrder, SellerOrderEvent
from marketplace.outbox.models import Job
from marketplace.torture import bank
from marketplace.torture.buying import placed_orders, run_out
from marketplace.torture.findings import Finding, seen
from marketplace.torture.guards import without_locks
from marketplace.torture.messages import send_all
from marketplace.torture.rails import ADDRESSES, Rail, pretended
from payments.models import Payment
from payments.reconciliation.models import Item
from payments.reconciliation.tasks import reconcile_rail
from payments.starting import start_waiting

FULL, SMALL = 300, 12
"""Orders by bank transfer: a third is paid, the others' time is over at some moment of the ten minutes."""
TRIES = 5
"""Ten minutes of the negative control at most, until two workers really meet."""
TICK, TICKS = timedelta(seconds=30), 21
TASKS = ("sweep-outbox", "expire-unpaid", "ask-rails", "look-after-refunds", "reconcile-rails")
"""Names in settings.CELERY_BEAT_SCHEDULE: all that act on money, stock and messages."""
RAIL = "momo"
"""A quarter of the orders is to be paid by it; it takes the money and tells nobody: the market has to ask."""
IN_ITS_PLACE: dict[str, Callable[[], object]] = {"reconcile-rails": partial(reconcile_rail, RAIL)}
"""What a worker does when a task does no more than ask for another."""
Payments = list[Payment]


def attack(market: str, *, small: bool, seed: int) -> Finding:
    finding, dice = Finding("T26"), random.Random(seed)
    count = SMALL if small else FULL
    with pretended(RAIL) as rail, override_settings(**{ADDRESSES[RAIL]: rail.url}):
        paid, unpaid = _ordered(market, count, dice)
        paid += _paid_secretly(rail, count // 4, dice)
        finding.figures |= {"orders": len(paid + unpaid), "tasks": _ten_minutes(timezone.now())}
        _compare(finding, paid, unpaid)
        finding.audit()
        finding.controls["without locks"] = _without_guard(market, paid, unpaid, dice)
    return finding


def _ordered(market: str, count: int, dice: random.Random) -> tuple[Payments, Payments]:
    """A third, of which SePay tells; and the others, whose time will be over."""
    payments = placed_orders(count, dice)
    paid, unpaid = payments[::3], [one for at, one in enumerate(payments) if at % 3]
    send_all(market, [bank.transfer(payment.reference, payment.amount) for payment in paid])
    begins = timezone.now()
    for payment in unpaid:
        run_out([payment], at=begins + dice.random() * (TICKS - 3) * TICK)
    return paid, unpaid


def _paid_secretly(rail: Rail, count: int, dice: random.Random) -> Payments:
    payments = placed_orders(count, dice, rail=RAIL)
    for payment in payments:
        start_waiting(payment.order, client_ip="127.0.0.1")
        rail.pay_secretly(payment.reference)
    return payments


def _ten_minutes(begins: datetime, alone: Callable[[], AbstractContextManager[None]] = nullcontext) -> int:
    """How many tasks were run, each `alone`. Nothing ends in the last minute: its messages still go out."""
    schedule: dict[str, dict[str, Any]] = settings.CELERY_BEAT_SCHEDULE
    tasks = {name: IN_ITS_PLACE.get(name) or import_string(schedule[name]["task"]) for name in TASKS}
    periods = {task: schedule[name]["schedule"] for name, task in tasks.items()}
    done = 0
    for tick in range(TICKS):
        passed = tick * TICK
        due = [task for task, period in periods.items() if not passed.total_seconds() % period]
        with time_machine.travel(begins + passed, tick=False):
            done += _at_once(due + due, alone)
    return done


def _at_once(tasks: list[Callable[[], object]], alone: Callable[[], AbstractContextManager[None]]) -> int:
    start = Barrier(len(tasks))

    def run(task: Callable[[], object]) -> None:
        try:
            start.wait(timeout=60)
            with alone():
                task()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        list(pool.map(run, tasks))
    return len(tasks)


def _compare(finding: Finding, paid: Payments, unpaid: Payments) -> None:
    for name, payments, state in (("paid", paid, "confirmed"), ("unpaid", unpaid, "expired")):
        now = Payment.objects.filter(pk__in=[one.pk for one in payments])
        states = Counter(now.values_list("state", flat=True))
        finding.must_be(f"{name} payments", states, Counter({state: len(payments)}))
        received = sum(now.values_list("received", flat=True))
        due = sum(one.amount for one in payments) if name == "paid" else 0
        finding.must_be(f"received, {name}", received, due)
    asked = sum(one.provider == RAIL for one in paid)
    finding.must_be("found by asking", Item.objects.filter(source=RAIL).count(), asked)
    ended = SellerOrderEvent.objects.filter(status=SellerOrder.Status.EXPIRED)
    finding.must_be("parcels that expired", ended.count(), len(unpaid))
    twice = SellerOrder.objects.annotate(ends=Count("events", filter=_expired())).filter(ends__gt=1)
    finding.must_be("parcels that expired twice", twice.count(), 0)
    held = StockRecord.objects.aggregate(held=Sum("num_allocated"))["held"]
    finding.must_be("packs held", held, len(paid))
    finding.must_be("jobs left", Job.objects.exclude(state=Job.State.DONE).count(), 0)
    finding.must_be("jobs tried twice", Job.objects.filter(attempts__gt=1).count(), 0)


def _expired() -> Q:
    return Q(events__status=SellerOrder.Status.EXPIRED)


def _without_guard(market: str, paid: Payments, unpaid: Payments, dice: random.Random) -> int:
    """Where nobody waits for a row that another holds, two workers do the same job."""
    for _ in range(TRIES):
        more_paid, more_unpaid = _ordered(market, SMALL, dice)
        paid, unpaid = paid + more_paid, unpaid + more_unpaid
        _ten_minutes(timezone.now(), alone=without_locks)
        if differences := seen(partial(_compare, paid=paid, unpaid=unpaid)):
            return differences
    return 0
