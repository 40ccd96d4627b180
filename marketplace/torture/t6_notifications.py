"""T6: thousands of bank notifications, shuffled and repeated, with forged, wrong, unknown and cut ones among them."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial

from marketplace.torture import bank
from marketplace.torture.buying import placed_orders
from marketplace.torture.findings import Finding, seen, seen_by_both
from marketplace.torture.guards import drop_unique
from marketplace.torture.market import drain
from marketplace.torture.messages import THREADS, Answer, Message, send_all
from payments.ledger.models import Line
from payments.models import Notification, Payment, Transfer
from payments.services import confirm_payment

FULL, SMALL = 2_000, 20
"""Payments; five times as many notifications."""
FORGED, WRONG, UNKNOWN, CUT = 0.05, 0.05, 0.05, 0.02
"""Shares of the notifications; the rest is genuine and exact."""
PER_SECOND, SECONDS = 150, 70
"""Notifications that must be answered each second, and how long all of them may take."""
TWINS = 5
"""Payments of the negative control, each told by as many at once as there are threads."""
SHORT_BY = 1_000
"""đồng missing in a wrong amount. A bank cannot refuse money: it is kept, and the order stays open."""


def attack(market: str, *, small: bool, seed: int) -> Finding:
    finding, dice = Finding("T6"), random.Random(seed)
    payments = placed_orders(SMALL if small else FULL, dice)
    short = {payment.pk for payment in dice.sample(payments, max(1, round(len(payments) * WRONG)))}
    messages = _messages(payments, short, dice)
    answers, seconds = send_all(market, messages)
    begun = time.monotonic()
    waiting = drain()
    finding.figures |= {
        "payments": len(payments),
        "notifications": len(messages),
        "settling_seconds": round(time.monotonic() - begun, 1),
        "kinds": dict(Counter(message.kind for message in messages)),
    }
    finding.must_be("jobs left", waiting, 0)
    _compare_answers(finding, messages, answers)
    _compare_rows(finding, payments, short, messages)
    finding.audit()
    finding.must_reach("per_second", len(messages) / seconds, at_least=PER_SECOND, applies=not small)
    finding.must_take("seconds", seconds, at_most=SECONDS, applies=not small)
    finding.controls["counted twice by hand"] = _counted_twice(payments, short, messages)
    finding.controls["without unique events"] = _without_guard(market, payments, short, messages, dice)
    return finding


def _messages(payments: Sequence[Payment], short: set[int], dice: random.Random) -> list[Message]:
    """Every payment's own 1 to 9 times; then what is wrong, by its share of all; shuffled."""
    genuine: list[Message] = []
    for payment in payments:
        kind, missing = ("short", SHORT_BY) if payment.pk in short else ("paid", 0)
        message = bank.transfer(payment.reference, payment.amount - missing, kind=kind)
        genuine += [message] * dice.randint(1, 9)
    total = round(len(genuine) / (1 - FORGED - UNKNOWN - CUT))
    wrong = [_forged(dice.choice(payments)) for _ in range(round(total * FORGED))]
    wrong += [bank.transfer("KHONG RO", 50_000, kind="unknown") for _ in range(round(total * UNKNOWN))]
    wrong += [_cut(dice.choice(payments), dice) for _ in range(round(total * CUT))]
    messages = genuine + wrong
    dice.shuffle(messages)
    return messages


def _forged(payment: Payment) -> Message:
    return bank.transfer(payment.reference, payment.amount, kind="forged", secret=bank.FORGER)


def _cut(payment: Payment, dice: random.Random) -> Message:
    whole = bank.transfer(payment.reference, payment.amount, kind="cut")
    return bank.signed(whole.body[: dice.randrange(1, len(whole.body) - 1)], kind="cut")


def _compare_answers(finding: Finding, messages: Sequence[Message], answers: Sequence[Answer]) -> None:
    statuses = (answer.status for answer in answers)
    answered = Counter(zip((message.kind for message in messages), statuses, strict=True))
    kinds = Counter(message.kind for message in messages)
    expected = {(kind, 401 if kind == "forged" else 200): count for kind, count in kinds.items()}
    finding.must_be("answers", dict(sorted(answered.items())), dict(sorted(expected.items())))


def _compare_rows(
    finding: Finding, payments: Sequence[Payment], short: set[int], messages: Sequence[Message]
) -> None:
    """Each event is one transfer, each payment has its money once, and nothing that came is gone."""
    now = {payment.pk: payment for payment in Payment.objects.filter(pk__in=[one.pk for one in payments])}
    for payment in payments:
        wanted = (
            (payment.amount - SHORT_BY, "pending") if payment.pk in short else (payment.amount, "confirmed")
        )
        finding.must_be(payment.reference, (now[payment.pk].received, now[payment.pk].state), wanted)
    events = Counter(message.kind for message in {message.body: message for message in messages}.values())
    outcomes = Counter(Transfer.objects.values_list("outcome", flat=True))
    kept = {"exact": events["paid"], "partial": events["short"], "unknown": events["unknown"]}
    finding.must_be("transfers", dict(outcomes), {name: count for name, count in kept.items() if count})
    refused = Notification.objects.filter(verdict=Notification.Verdict.UNUSABLE).count()
    finding.must_be("cut ones kept", refused, events["cut"])
    finding.must_be("sum of the books", sum(Line.objects.values_list("amount", flat=True)), 0)


def _counted_twice(payments: Sequence[Payment], short: set[int], messages: Sequence[Message]) -> int:
    """One notification that gets past the guard of its event must be seen, by the model and by the audit."""
    return seen_by_both(
        partial(confirm_payment, payments[0], amount=payments[0].amount),
        lambda seen: _compare_rows(seen, payments, short, messages),
    )


def _without_guard(
    market: str,
    payments: Sequence[Payment],
    short: set[int],
    messages: Sequence[Message],
    dice: random.Random,
) -> int:
    """An event may be kept twice: notifications of one that come at the same moment count twice.

    The audit sees nothing then: that much money did come, as far as anybody was told.
    """
    drop_unique(Notification, "provider", "event_id")
    more = placed_orders(TWINS, dice)
    events = [bank.transfer(payment.reference, payment.amount) for payment in more]
    repeated = [message for message in events for _ in range(THREADS)]
    send_all(market, repeated)
    drain()
    return seen(lambda seen: _compare_rows(seen, [*payments, *more], short, [*messages, *repeated]))
