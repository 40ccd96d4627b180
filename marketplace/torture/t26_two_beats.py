"""T26: ten minutes in which two beats ask for everything and two workers do it, at the same moment each time."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import time_machine
from django.conf import settings
from django.db import connections
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.module_loading import import_string

from farmers.partner.models import StockRecord
from marketplace.order.models import SellerOrder, SellerOrderEvent
from marketplace.outbox.models import Job
from marketplace.torture import bank
from marketplace.torture.buying import placed_orders
from marketplace.torture.findings import Finding
from marketplace.torture.messages import send_all
from payments.models import Payment

FULL, SMALL = 300, 12
"""Orders: a third is paid, the others' time is over at some moment of the ten minutes."""
TICK, TICKS = timedelta(seconds=30), 21
TASKS = ("sweep-outbox", "expire-unpaid", "ask-rails", "look-after-refunds")
"""Names in settings.CELERY_BEAT_SCHEDULE: all that act on money, stock and messages."""
Payments = list[Payment]


def attack(market: str, *, small: bool, seed: int) -> Finding:
    finding, dice = Finding("T26"), random.Random(seed)
    payments = placed_orders(SMALL if small else FULL, dice)
    paid, unpaid = payments[::3], [one for at, one in enumerate(payments) if at % 3]
    send_all(market, [bank.transfer(payment.reference, payment.amount) for payment in paid])
    begins = timezone.now()
    for payment in unpaid:
        ends = begins + dice.random() * (TICKS - 3) * TICK
        Payment.objects.filter(pk=payment.pk).update(expires_at=ends)
    finding.figures |= {"orders": len(payments), "tasks": _ten_minutes(begins)}
    _compare(finding, paid, unpaid)
    finding.audit()
    finding.control = _control(paid, unpaid)
    return finding


def _ten_minutes(begins: datetime) -> int:
    """How many tasks were run. Nothing ends in the last minute, so that its messages still go out."""
    schedule: dict[str, dict[str, Any]] = settings.CELERY_BEAT_SCHEDULE
    periods = {import_string(schedule[name]["task"]): schedule[name]["schedule"] for name in TASKS}
    done = 0
    for tick in range(TICKS):
        passed = tick * TICK
        due = [task for task, period in periods.items() if not passed.total_seconds() % period]
        with time_machine.travel(begins + passed, tick=False):
            done += _at_once(due + due)
    return done


def _at_once(tasks: list[Callable[[], object]]) -> int:
    start = Barrier(len(tasks))

    def run(task: Callable[[], object]) -> None:
        try:
            start.wait(timeout=60)
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


def _control(paid: Payments, unpaid: Payments) -> int:
    """A parcel that expired twice must be seen."""
    event = SellerOrderEvent.objects.filter(status=SellerOrder.Status.EXPIRED)[0]
    SellerOrderEvent.objects.create(seller_order=event.seller_order, status=event.status)
    seen = Finding("T26, one too many")
    _compare(seen, paid, unpaid)
    return len(seen.differences)
