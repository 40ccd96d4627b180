"""T26: ten minutes in which two beats ask for everything and two workers do it, at the same moment each time."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
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
from marketplace.accounts.models import User
from marketplace.order.models import SellerOrder, SellerOrderEvent
from marketplace.outbox.models import Job
from marketplace.torture import bank, farms, gifts
from marketplace.torture.buying import placed_orders, run_out
from marketplace.torture.findings import Finding, seen
from marketplace.torture.guards import without_claims, without_locks
from marketplace.torture.market import drain
from marketplace.torture.messages import send_all
from marketplace.torture.payout_run import MAKER
from marketplace.torture.rails import ADDRESSES, Rail, pretended
from payments.audit.differences import TOLD_BY_OTHERS
from payments.audit.models import Audit
from payments.models import Payment, Refund
from payments.reconciliation.models import Item, Match
from payments.reconciliation.tasks import match_bank, reconcile_rail
from payments.refunds import complete_refund
from payments.sending import LOOK_AFTER, look_after

FULL, SMALL = 300, 12
"""Orders by bank transfer: a third is paid, the others' time is over at some moment of the ten minutes."""
TRIES = 5
"""Ten minutes of the negative control at most, until two workers really meet."""
TICK, TICKS = timedelta(seconds=30), 21
TASKS = ("sweep-outbox", "expire-unpaid", "ask-rails", "look-after-refunds", "reconcile-rails", "audit-money")
"""Names in settings.CELERY_BEAT_SCHEDULE: all that act on money, stock and messages, and what looks at them."""
RAIL = "momo"
"""A quarter of the orders is to be paid by it; it takes the money and tells nobody: the market has to ask."""
IN_ITS_PLACE: dict[str, tuple[Callable[[], object], ...]] = {
    "reconcile-rails": (partial(reconcile_rail, RAIL), match_bank)
}
"""What a worker does when a task does no more than ask for others."""
ORDERS_A_GIFT = 6
"""For so many there are four gifts that go back: one by a person and three by the rail, each at another stage."""
Payments = list[Payment]


def attack(market: str, *, small: bool, seed: int) -> Finding:
    finding, dice = Finding("T26"), random.Random(seed)
    count = SMALL if small else FULL
    with pretended(RAIL) as rail, override_settings(**{ADDRESSES[RAIL]: rail.url}):
        noted = _noted_late(market, count // ORDERS_A_GIFT, dice)
        given = _given(rail, count // ORDERS_A_GIFT, dice)
        paid, unpaid = _ordered(market, count, dice)
        paid += gifts.paid_secretly(rail, count // 4, dice)
        finding.figures |= {"orders": len(paid + unpaid), "refunds": len(given) + len(noted)}
        finding.figures["tasks"] = _ten_minutes(timezone.now())
        _compare(finding, paid, unpaid)
        gifts.compare(finding, rail, given)
        _compare_bank(finding, noted)
        _compare_audits(finding)
        finding.audit()
        finding.controls["without claims"] = _without_claims(rail, dice)
        finding.controls["without locks"] = _without_guard(market, paid, unpaid, dice)
    return finding


def _given(rail: Rail, each: int, dice: random.Random) -> list[Refund]:
    """Never sent; made by the rail, whose answer was lost; and just owed, which the first sweep sends."""
    payments = gifts.paid(rail, 3 * each, dice)
    refunds = [gifts.owe_unsent(payment) for payment in payments[:each]]
    refunds += [gifts.owe_unanswered(rail, payment) for payment in payments[each : 2 * each]]
    return refunds + [gifts.owe(payment) for payment in payments[2 * each :]]


def _noted_late(market: str, count: int, dice: random.Random) -> list[Refund]:
    """A person sends them, and says so only after the bank's statement has shown them."""
    payments = placed_orders(count, dice)
    send_all(market, [bank.transfer(payment.reference, payment.amount) for payment in payments])
    drain()
    refunds = [gifts.owe(payment) for payment in payments]
    drain()
    farms.staff()
    person = User.objects.get(phone=MAKER)
    bank.show(refunds, by=person)
    for refund in refunds:
        complete_refund(refund, bank_reference=bank.number_of(refund), by=person)
    return refunds


def _ordered(market: str, count: int, dice: random.Random) -> tuple[Payments, Payments]:
    """A third, of which SePay tells; and the others, whose time will be over."""
    payments = placed_orders(count, dice)
    paid, unpaid = payments[::3], [one for at, one in enumerate(payments) if at % 3]
    send_all(market, [bank.transfer(payment.reference, payment.amount) for payment in paid])
    begins = timezone.now()
    for payment in unpaid:
        run_out([payment], at=begins + dice.random() * (TICKS - 3) * TICK)
    return paid, unpaid


def _ten_minutes(begins: datetime, alone: Callable[[], AbstractContextManager[None]] = nullcontext) -> int:
    """How many tasks were run, each `alone`. Nothing ends in the last minute: its messages still go out."""
    schedule: dict[str, dict[str, Any]] = settings.CELERY_BEAT_SCHEDULE
    periods = {
        task: schedule[name]["schedule"]
        for name in TASKS
        for task in IN_ITS_PLACE.get(name) or (import_string(schedule[name]["task"]),)
    }
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
    given = Refund.objects.values("payment").distinct().count()
    finding.must_be("packs held", held, len(paid) + given)
    finding.must_be("jobs left", Job.objects.exclude(state=Job.State.DONE).count(), 0)
    finding.must_be("jobs tried twice", Job.objects.filter(attempts__gt=1).count(), 0)


def _compare_bank(finding: Finding, noted: Sequence[Refund]) -> None:
    items = Item.objects.filter(source=Item.BANK, state=Item.State.RESOLVED)
    finding.must_be("differences that closed themselves", items.count(), len(noted))
    shown = Counter(Match.objects.values_list("entry__refund", flat=True))
    finding.must_be("rows that are refunds", shown, Counter(one.pk for one in noted))


def _compare_audits(finding: Finding) -> None:
    """Either worker looks while all is moving, and the bank's rows may still wait to be matched."""
    audits = list(Audit.objects.values_list("differences", flat=True))
    finding.must_be("audits", len(audits), 2)
    of_ours = [one for found in audits for one in found if one["check"] != TOLD_BY_OTHERS]
    finding.must_be("differences that an audit saw meanwhile", of_ours, [])


def _expired() -> Q:
    return Q(events__status=SellerOrder.Status.EXPIRED)


def _without_claims(rail: Rail, dice: random.Random) -> int:
    """Where none of two workers knows that the other sends a refund, the rail is asked for it twice."""
    for _ in range(TRIES):
        refunds = [gifts.owe_unsent(payment) for payment in gifts.paid(rail, SMALL // ORDERS_A_GIFT, dice)]
        later = timezone.now() + LOOK_AFTER
        with without_claims():
            _at_once([partial(look_after, later)] * 2, nullcontext)
        if differences := seen(partial(gifts.compare, rail=rail, refunds=refunds)):
            return differences
    return 0


def _without_guard(market: str, paid: Payments, unpaid: Payments, dice: random.Random) -> int:
    """Where nobody waits for a row that another holds, two workers do the same job."""
    for _ in range(TRIES):
        more_paid, more_unpaid = _ordered(market, SMALL, dice)
        paid, unpaid = paid + more_paid, unpaid + more_unpaid
        _ten_minutes(timezone.now(), alone=without_locks)
        if differences := seen(partial(_compare, paid=paid, unpaid=unpaid)):
            return differences
    return 0
