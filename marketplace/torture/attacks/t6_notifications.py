"""T6: thousands of bank notifications, shuffled and repeated, with forged, wrong, unknown and cut ones among them."""

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

from marketplace.torture import bank
from marketplace.torture.buying import placed_orders
from marketplace.torture.findings import Finding, seen, seen_by_both
from marketplace.torture.guards import drop_unique, overwrite
from marketplace.torture.market import drain
from marketplace.torture.messages import THREADS, Answer, Message, send_all
from marketplace.torture.rails import NOTIFIERS
from payments.ledger.models import Line
from payments.models import Notification, Payment, Refund, Transfer
from payments.services import confirm_payment

FULL, SMALL = 2_000, 20
"""Payments; five times as many notifications."""
FORGED, WRONG, UNKNOWN, CUT = 0.05, 0.05, 0.05, 0.02
"""Shares of the notifications; the rest is genuine and exact."""
PER_SECOND, SECONDS = 150, 70
"""Notifications that must be answered each second, and how long all of them may take."""
TWINS = 5
"""Payments of the negative control, each told by as many at once as there are threads."""
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
    payments = placed_orders(SMALL if small else FULL, dice)
    wrong = _wrong(payments, dice)
    messages = _messages(payments, wrong, dice)
    answers, seconds = send_all(market, messages)
    begun = time.monotonic()
    waiting = drain()
    finding.figures |= {
        "payments": len(payments),
        "notifications": len(messages),
        "settling_seconds": round(time.monotonic() - begun, 1),
        "kinds": dict(Counter(message.kind for message in messages)),
        "notifiers": dict(Counter(message.target for message in messages)),
    }
    finding.must_be("jobs left", waiting, 0)
    _compare_answers(finding, messages, answers)
    _compare_rows(finding, payments, wrong, messages)
    finding.audit()
    finding.must_reach("per_second", len(messages) / seconds, at_least=PER_SECOND, applies=not small)
    finding.must_take("seconds", seconds, at_most=SECONDS, applies=not small)
    finding.controls["counted twice by hand"] = _counted_twice(payments, wrong, messages)
    finding.controls["without unique events"] = _without_guard(market, payments, wrong, messages, dice)
    return finding


def _wrong(payments: Sequence[Payment], dice: random.Random) -> Wrong:
    """As many buyers who send too little as who send too much."""
    each = max(1, round(len(payments) * WRONG / 2))
    drawn = dice.sample(payments, 2 * each)
    return {payment.pk: -OFF_BY if at < each else OFF_BY for at, payment in enumerate(drawn)}


def _messages(payments: Sequence[Payment], wrong: Wrong, dice: random.Random) -> list[Message]:
    """Every payment's own 1 to 9 times, by one notifier; then what is wrong, by its share of all; shuffled."""
    genuine: list[Message] = []
    for payment in payments:
        off = wrong.get(payment.pk, 0)
        kind = "short" if off < 0 else "over" if off else "paid"
        message = _transfer(payment.reference, payment.amount + off, kind, dice)
        genuine += [message] * dice.randint(1, 9)
    total = round(len(genuine) / (1 - FORGED - UNKNOWN - CUT))
    bad = [_forged(dice.choice(payments), dice) for _ in range(round(total * FORGED))]
    bad += [_transfer("KHONG RO", 50_000, "unknown", dice) for _ in range(round(total * UNKNOWN))]
    bad += [_cut(dice.choice(payments), dice) for _ in range(round(total * CUT))]
    messages = genuine + bad
    dice.shuffle(messages)
    return messages


def _transfer(memo: str, amount: int, kind: str, dice: random.Random, secret: str = "") -> Message:
    return bank.transfer(memo, amount, kind=kind, notifier=dice.choice(NOTIFIERS), secret=secret)


def _forged(payment: Payment, dice: random.Random) -> Message:
    return _transfer(payment.reference, payment.amount, "forged", dice, bank.FORGER)


def _cut(payment: Payment, dice: random.Random) -> Message:
    """By SePay, who signs bytes: the others sign what JSON says, and what is no JSON is to us as forged."""
    whole = bank.transfer(payment.reference, payment.amount, kind="cut")
    return bank.signed(whole.body[: dice.randrange(1, len(whole.body) - 1)], kind="cut")


def _compare_answers(finding: Finding, messages: Sequence[Message], answers: Sequence[Answer]) -> None:
    statuses = (answer.status for answer in answers)
    answered = Counter(zip((message.kind for message in messages), statuses, strict=True))
    kinds = Counter(message.kind for message in messages)
    expected = {(kind, 401 if kind == "forged" else 200): count for kind, count in kinds.items()}
    finding.must_be("answers", dict(sorted(answered.items())), dict(sorted(expected.items())))


def _compare_rows(
    finding: Finding, payments: Sequence[Payment], wrong: Wrong, messages: Sequence[Message]
) -> None:
    """Each event is one transfer, each payment has its money once, and nothing that came is gone."""
    now = {payment.pk: payment for payment in Payment.objects.filter(pk__in=[one.pk for one in payments])}
    for payment in payments:
        off = wrong.get(payment.pk, 0)
        wanted = (payment.amount + off, "pending" if off < 0 else "confirmed")
        finding.must_be(payment.reference, (now[payment.pk].received, now[payment.pk].state), wanted)
    events = Counter(message.kind for message in {message.body: message for message in messages}.values())
    outcomes = Counter(Transfer.objects.values_list("outcome", flat=True))
    kept = {outcome: events[kind] for kind, outcome in OUTCOMES.items() if events[kind]}
    finding.must_be("transfers", dict(outcomes), kept)
    owed_back = Counter(Refund.objects.values_list("payment", "amount"))
    finding.must_be("owed back", owed_back, Counter((pk, off) for pk, off in wrong.items() if off > 0))
    refused = Notification.objects.filter(verdict=Notification.Verdict.UNUSABLE).count()
    finding.must_be("cut ones kept", refused, events["cut"])
    finding.must_be("sum of the books", sum(Line.objects.values_list("amount", flat=True)), 0)


def _counted_twice(payments: Sequence[Payment], wrong: Wrong, messages: Sequence[Message]) -> int:
    """One notification that gets past the guard of its event must be seen, by the model and by the audit."""
    return seen_by_both(
        partial(confirm_payment, payments[0], amount=payments[0].amount),
        lambda seen: _compare_rows(seen, payments, wrong, messages),
    )


def _without_guard(
    market: str,
    payments: Sequence[Payment],
    wrong: Wrong,
    messages: Sequence[Message],
    dice: random.Random,
) -> int:
    """An event may be kept twice, and the bank gives no numbers: notifications at the same moment count twice.

    The audit sees nothing then: that much money did come, as far as anybody was told.
    """
    drop_unique(Notification, "provider", "event_id")
    overwrite(Transfer, "bank_reference", "''", at="INSERT")
    more = placed_orders(TWINS, dice)
    events = [bank.transfer(payment.reference, payment.amount) for payment in more]
    repeated = [message for message in events for _ in range(THREADS)]
    send_all(market, repeated)
    drain()
    return seen(lambda seen: _compare_rows(seen, [*payments, *more], wrong, [*messages, *repeated]))
