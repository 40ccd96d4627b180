"""T7: a rail that comes late and takes back what it said, over HTTP; what must become of each is in STORIES."""

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from farmers.partner.models import StockRecord
from marketplace.accounts.models import User
from marketplace.order.models import Line
from marketplace.torture import farms, vnpay
from marketplace.torture.buying import placed_orders, run_out
from marketplace.torture.findings import Finding, seen_by_both
from marketplace.torture.forks import end_of
from marketplace.torture.market import drain, durable_products
from marketplace.torture.messages import send_all
from marketplace.torture.payout_run import APPROVER, MAKER, start
from marketplace.torture.vnpay import CANCELLED, GIVEN_BACK, PAID, REVERSED
from payments.models import Payment, Refund, Transfer
from payments.payouts.models import PayoutItem
from payments.reconciliation.models import Finding as Kind
from payments.reconciliation.models import Item
from payments.reconciliation.resolving import agree, explain
from payments.services import expire_unpaid

FULL, SMALL = 1_000, 16
"""Payments."""
Payments = Sequence[Payment]


def _differences(payments: QuerySet[Payment]) -> QuerySet[Item]:
    """Open, in the queue of the money desk."""
    open_ones = Item.objects.filter(state=Item.State.OPEN, finding=Kind.STATUS_DIFFERS)
    return open_ones.filter(payment__in=payments)


def _too_late(payments: QuerySet[Payment]) -> QuerySet[Refund]:
    """All that came goes back. VNPAY does not answer here: when its time is over, the desk has to look for them."""
    over = timezone.now() + timedelta(hours=settings.REFUND_UNSURE_HOURS)
    said = Refund.objects.filter(kind=Refund.Kind.SURPLUS, reason=str(Transfer.Outcome.LATE.label))
    return said.late(over).filter(payment__in=payments, amount=F("payment__received"))


def _paid_after_all(payments: QuerySet[Payment]) -> QuerySet[Item]:
    """Settled by itself: nobody has anything to do, and the desk reads what it was."""
    settled = Item.objects.filter(state=Item.State.RESOLVED, resolved_by=None, finding=Kind.STATUS_DIFFERS)
    return settled.filter(payment__in=payments, our_amount=0, their_amount=F("payment__received"))


@dataclass(frozen=True)
class Story:
    """What VNPAY says `first` and `then`, what happens `between`, and where the payment has to end."""

    name: str
    first: tuple[str, str] | None
    then: tuple[str, str]
    state: str
    received: bool
    #: what VNPAY hears the second time
    answer: str
    #: an open difference for a person
    told: bool = False
    owed_back: bool = False
    between: Callable[[Payments], object] = lambda payments: None
    #: one for each payment, from which staff learn of it
    rows: Callable[[QuerySet[Payment]], QuerySet[Any]] = _differences


def _expire(payments: Payments) -> None:
    run_out(payments)
    expire_unpaid(timezone.now() + timedelta(seconds=1))


def _sell_out(payments: Payments) -> None:
    _expire(payments)
    sold = Line.objects.filter(order__payments__in=payments).values("stockrecord")
    StockRecord.objects.filter(pk__in=sold).update(num_in_stock=0)


def _pay_out(payments: Payments) -> None:
    farms.deliver(payments)
    drain()
    farms.staff()
    end_of(start(":", timezone.now()))


STORIES = (
    Story("failed after paid", PAID, CANCELLED, "confirmed", True, "02", told=True),
    Story("paid after failed", CANCELLED, PAID, "confirmed", True, "00", rows=_paid_after_all),
    Story("paid after reversed", REVERSED, PAID, "failed", False, "02", told=True),
    Story("paid after given back", GIVEN_BACK, PAID, "confirmed", True, "00", told=True),
    Story("given back after paid", PAID, GIVEN_BACK, "confirmed", True, "02", told=True),
    Story("paid after expiry", None, PAID, "confirmed", True, "00", between=_expire, rows=_paid_after_all),
    Story(
        "paid after sold out",
        None,
        PAID,
        "expired",
        True,
        "00",
        owed_back=True,
        between=_sell_out,
        rows=_too_late,
    ),
    Story("charged back after payout", PAID, REVERSED, "confirmed", True, "02", told=True, between=_pay_out),
)


def attack(market: str, *, small: bool, seed: int) -> Finding:
    finding, dice = Finding("T7"), random.Random(seed)
    shelf = durable_products(2 * len(STORIES))
    each = (SMALL if small else FULL) // len(STORIES)
    cast = {
        story: placed_orders(each, dice, rail="vnpay", shelf=shelf[2 * at : 2 * at + 2])
        for at, story in enumerate(STORIES)
    }
    _say(market, {story: story.first for story in STORIES}, cast, dice)
    drain()
    for story, payments in cast.items():
        story.between(payments)
    heard = _say(market, {story: story.then for story in STORIES}, cast, dice)
    finding.must_be("jobs left", drain(), 0)
    finding.figures |= {"payments": each * len(STORIES), "stories": [story.name for story in STORIES]}
    _compare(finding, cast, heard)
    for story, payments in cast.items():
        seen = story.rows(Payment.objects.filter(pk__in=[one.pk for one in payments])).count()
        finding.must_be(f"rows for staff, {story.name}", seen, len(payments))
    _settle_differences()
    finding.audit()
    finding.controls["a success undone"] = _control(cast, heard)
    return finding


def _say(
    market: str,
    codes: Mapping[Story, tuple[str, str] | None],
    cast: Mapping[Story, Payments],
    dice: random.Random,
) -> dict[str, Counter[str]]:
    """Everything in one heap; what VNPAY heard, by story."""
    messages = [
        vnpay.report(payment, said, kind=story.name)
        for story, said in codes.items()
        if said
        for payment in cast[story]
    ]
    dice.shuffle(messages)
    answers, _seconds = send_all(market, messages)
    heard: dict[str, Counter[str]] = {}
    for message, answer in zip(messages, answers, strict=True):
        heard.setdefault(message.kind, Counter())[json.loads(answer.body)["RspCode"]] += 1
    return heard


def _compare(finding: Finding, cast: Mapping[Story, Payments], heard: Mapping[str, Counter[str]]) -> None:
    for story, payments in cast.items():
        finding.must_be(f"heard, {story.name}", heard[story.name], Counter({story.answer: len(payments)}))
        now = Payment.objects.filter(pk__in=[one.pk for one in payments])
        ends = Counter((one.state, one.received == one.amount) for one in now)
        finding.must_be(story.name, ends, Counter({(story.state, story.received): len(payments)}))
        told = Item.objects.filter(payment__in=now, state=Item.State.OPEN).count()
        finding.must_be(f"told of, {story.name}", told, len(payments) * story.told)
        back = Refund.objects.filter(payment__in=now).count()
        finding.must_be(f"owed back, {story.name}", back, len(payments) * story.owed_back)
    paid_out = next(len(payments) for story, payments in cast.items() if story.between is _pay_out)
    finding.must_be("parcels paid out", PayoutItem.objects.count(), paid_out)


def _settle_differences() -> None:
    """Two people look at each where the sums differ: until then the audit names them too."""
    one, other = (User.objects.get(phone=phone) for phone in (MAKER, APPROVER))
    for item in Item.objects.filter(state=Item.State.OPEN):
        explained = explain(item, words="Đã hỏi VNPAY", by=one)
        if explained.is_open:
            agree(explained, by=other)


def _control(cast: Mapping[Story, Payments], heard: Mapping[str, Counter[str]]) -> int:
    """A success that a late failure undoes must be seen, by the model and by the audit.

    Written by hand: what keeps it from happening is Payment.TRANSITIONS, in the code of every process, and no rule
    of the database that could be dropped.
    """
    undone = next(payments[0] for story, payments in cast.items() if story.told)

    def undo() -> None:
        Payment.objects.filter(pk=undone.pk).update(state=Payment.State.FAILED, confirmed_at=None)

    return seen_by_both(undo, lambda seen: _compare(seen, cast, heard))
