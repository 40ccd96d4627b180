"""T6: a bank tells thousands of times, shuffled and repeated, with forged, wrong, unknown and cut ones among it."""

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from marketplace.torture.findings import Finding, seen, seen_by_both
from marketplace.torture.guards import drop_unique, overwrite
from marketplace.torture.people.ordering import orders
from marketplace.torture.rails.pretended import NOTIFIERS
from marketplace.torture.rails.telling import PATIENCE, Statuses, Told, tell_all
from marketplace.torture.workers.processes import Worker
from payments.ledger.models import Line
from payments.models import Notification, Payment, Refund, Transfer
from payments.services import confirm_payment

FULL, SMALL = 2_000, 20
"""Payments; five times as many notifications."""
FORGED, WRONG, UNKNOWN, CUT = 0.05, 0.05, 0.05, 0.02
"""Shares of the notifications; the rest is genuine and exact."""
SEPAY = "sepay"
LATER_MINUTES = 5, 25
"""By the bank's clock, which is put forward once all is ordered."""
PER_SECOND, SECONDS = 150, 70
"""Notifications that must be answered each second, and how long all of them may take."""
TWINS, AT_ONCE = 5, 16
"""Payments of the negative control, and how often each is told at the same moment."""
OFF_BY = 1_000
"""đồng too little, or too much, of a wrong amount. A bank cannot refuse money: it is kept.

The order with too little stays open, and what is too much goes back.
"""
OUTCOMES = {"paid": "exact", "short": "partial", "over": "over", "unknown": "unknown"}
"""Of the transfer, by the kind of notification."""
Wrong = Mapping[int, int]
"""đồng that a payment, by its key, is off by."""


def attack(market: str, *, small: bool, seed: int) -> Finding:
    finding, dice = Finding("T6"), random.Random(seed)
    payments = orders(market, SMALL if small else FULL, dice)
    wrong = _wrong(payments, dice)
    told = _told(payments, wrong, dice)
    answers, seconds = tell_all(market, told)
    begun = time.monotonic()
    finding.must_be("jobs left", _settle(), 0)
    times = sum(len(statuses) for statuses in answers)
    finding.figures |= {
        "payments": len(payments),
        "notifications": times,
        "settling_seconds": round(time.monotonic() - begun, 1),
        "kinds": _times_of_each(told, "kind"),
        "notifiers": _times_of_each(told, "notifier"),
    }
    _compare_answers(finding, told, answers)
    _compare_rows(finding, payments, wrong, told)
    finding.audit()
    finding.must_reach("per_second", times / seconds, at_least=PER_SECOND, applies=not small)
    finding.must_take("seconds", seconds, at_most=SECONDS, applies=not small)
    finding.controls["counted twice by hand"] = _counted_twice(payments, wrong, told)
    finding.controls["without unique events"] = _without_guard(market, payments, wrong, told, dice)
    return finding


def _settle() -> int:
    """A real worker does the jobs; returns those that are left."""
    worker = Worker()
    try:
        return worker.work_off(PATIENCE)
    finally:
        worker.kill()


def _times_of_each(told: Sequence[Told], what: str) -> dict[str, int]:
    times: Counter[str] = Counter()
    for one in told:
        times[getattr(one, what)] += one.times
    return dict(times)


def _wrong(payments: Sequence[Payment], dice: random.Random) -> Wrong:
    """As many buyers who send too little as who send too much."""
    each = max(1, round(len(payments) * WRONG / 2))
    drawn = dice.sample(payments, 2 * each)
    return {payment.pk: -OFF_BY if at < each else OFF_BY for at, payment in enumerate(drawn)}


def _told(payments: Sequence[Payment], wrong: Wrong, dice: random.Random) -> list[Told]:
    """Every payment's own 1 to 9 times, by one notifier; then what is wrong, by its share of all that is told."""
    told: list[Told] = []
    for payment in payments:
        off = wrong.get(payment.pk, 0)
        kind = "short" if off < 0 else "over" if off else "paid"
        told.append(_one(kind, payment, dice, off=off, copies=dice.randint(1, 9)))
    total = round(sum(one.copies for one in told) / (1 - FORGED - UNKNOWN - CUT))
    told += _forged(payments, round(total * FORGED), dice)
    told += [_unknown(dice) for _ in range(round(total * UNKNOWN))]
    told += [_cut(dice.choice(payments), dice) for _ in range(round(total * CUT))]
    return told


def _one(
    kind: str, of: Payment, dice: random.Random, *, off: int = 0, copies: int = 1, **how: object
) -> Told:
    notifier = dice.choice(NOTIFIERS)
    return Told(kind, of.reference, of.amount + off, notifier, copies, {**_when(dice), **how})


def _when(dice: random.Random) -> dict[str, object]:
    """Repeated at the same moment, or amidst what is told of others."""
    apart = dice.choice([0, dice.uniform(0, 2)])
    return {"delay_minutes": dice.uniform(*LATER_MINUTES), "apart_minutes": apart}


def _forged(payments: Sequence[Payment], times: int, dice: random.Random) -> list[Told]:
    """Each is tried as often as its notifier tries what is refused, until it was `times` altogether."""
    told: list[Told] = []
    while sum(one.tries for one in told) < times:
        told.append(_one("forged", dice.choice(payments), dice, forged=True))
    return told


def _unknown(dice: random.Random) -> Told:
    return Told("unknown", "KHONG RO", 50_000, dice.choice(NOTIFIERS), how=_when(dice))


def _cut(payment: Payment, dice: random.Random) -> Told:
    """By SePay, who signs bytes: the others sign what JSON says, and what is no JSON is to us as forged."""
    return replace(_one("cut", payment, dice, truncated=dice.uniform(0.2, 0.9)), notifier=SEPAY)


def _compare_answers(finding: Finding, told: Sequence[Told], answers: Sequence[Statuses]) -> None:
    """What is refused is tried again until it is given up, and nothing else is told more often than it was to be."""
    each = (one for one in told for _ in range(one.copies))
    answered = Counter((one.kind, statuses) for one, statuses in zip(each, answers, strict=True))
    expected: Counter[tuple[str, Statuses]] = Counter()
    for one in told:
        expected[one.kind, (401,) * one.tries if one.kind == "forged" else (200,)] += one.copies
    finding.must_be("answers", dict(sorted(answered.items())), dict(sorted(expected.items())))


def _compare_rows(finding: Finding, payments: Sequence[Payment], wrong: Wrong, told: Sequence[Told]) -> None:
    """Each event is one transfer, each payment has its money once, and nothing that came is gone."""
    now = {payment.pk: payment for payment in Payment.objects.filter(pk__in=[one.pk for one in payments])}
    for payment in payments:
        off = wrong.get(payment.pk, 0)
        wanted = (payment.amount + off, "pending" if off < 0 else "confirmed")
        finding.must_be(payment.reference, (now[payment.pk].received, now[payment.pk].state), wanted)
    events = Counter(one.kind for one in told)
    outcomes = Counter(Transfer.objects.values_list("outcome", flat=True))
    kept = {outcome: events[kind] for kind, outcome in OUTCOMES.items() if events[kind]}
    finding.must_be("transfers", dict(outcomes), kept)
    owed_back = Counter(Refund.objects.values_list("payment", "amount"))
    finding.must_be("owed back", owed_back, Counter((pk, off) for pk, off in wrong.items() if off > 0))
    refused = Notification.objects.filter(verdict=Notification.Verdict.UNUSABLE).count()
    finding.must_be("cut ones kept", refused, events["cut"])
    finding.must_be("sum of the books", sum(Line.objects.values_list("amount", flat=True)), 0)


def _counted_twice(payments: Sequence[Payment], wrong: Wrong, told: Sequence[Told]) -> int:
    """One notification that gets past the guard of its event must be seen, by the model and by the audit."""
    return seen_by_both(
        partial(confirm_payment, payments[0], amount=payments[0].amount),
        lambda seen: _compare_rows(seen, payments, wrong, told),
    )


def _without_guard(
    market: str, payments: Sequence[Payment], wrong: Wrong, told: Sequence[Told], dice: random.Random
) -> int:
    """An event may be kept twice, and the bank gives no numbers: notifications at the same moment count twice.

    The audit sees nothing then: that much money did come, as far as anybody was told.
    """
    drop_unique(Notification, "provider", "event_id")
    overwrite(Transfer, "bank_reference", "''", at="INSERT")
    more = orders(market, TWINS, dice)
    repeated = [Told("paid", payment.reference, payment.amount, SEPAY, AT_ONCE) for payment in more]
    tell_all(market, repeated)
    _settle()
    return seen(lambda seen: _compare_rows(seen, [*payments, *more], wrong, [*told, *repeated]))
