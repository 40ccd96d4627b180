"""T26: ten minutes in which two beats ask for everything at the same moments, and two workers do it."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Count, Q, Sum
from django.utils import timezone

from farmers.partner.models import StockRecord
from marketplace.order.models import SellerOrder, SellerOrderEvent
from marketplace.outbox.models import Job
from marketplace.torture.findings import Finding, seen
from marketplace.torture.given import gifts
from marketplace.torture.given.overdue import run_out
from marketplace.torture.guards import UNGUARDED
from marketplace.torture.people.ordering import orders
from marketplace.torture.rails.beside import rail_and_market
from marketplace.torture.rails.pretended import Rail
from marketplace.torture.rails.transfers import pay_all
from marketplace.torture.workers.crew import Crew, two_of_each
from payments.audit.differences import TOLD_BY_OTHERS
from payments.audit.models import Audit
from payments.audit.tasks import audit
from payments.inquiries import FIRST_AFTER
from payments.models import Payment, Refund
from payments.reconciliation.models import Item, Match, Run

FULL, SMALL = 300, 12
"""Orders by bank transfer: a third is paid, the others' time is over at some moment of the ten minutes."""
PACE_FULL, PACE_SMALL = 15, 60
"""How many times as fast as the real one the beats' clock goes: ten minutes take 40 s, or 10."""
MINUTES, A_WHILE = 10, 3
"""Of the beats' clock: of the attack, and of each try of a negative control, in which nothing hourly comes."""
QUIET = 1.5
"""Of them, at the end, in which nothing becomes due any more."""
TRIES = 5
"""Of a negative control at most, until two workers really meet."""
RAIL = "momo"
"""A quarter of the orders is to be paid by it; it takes the money and tells nobody: the market has to ask."""
ORDERS_A_GIFT = 6
"""For so many there are four gifts that go back: one by a person and three by the rail, each at another stage."""
Payments = Sequence[Payment]


def attack(market: str, *, small: bool, seed: int) -> Finding:
    finding, dice = Finding("T26"), random.Random(seed)
    count, pace = (SMALL, PACE_SMALL) if small else (FULL, PACE_FULL)
    with rail_and_market(RAIL) as (rail, market):
        noted = gifts.noted_late(market, count // ORDERS_A_GIFT, dice)
        given = gifts.at_every_stage(market, rail, count // ORDERS_A_GIFT, dice)
        paid, unpaid = _ordered(market, count, dice)
        secret = gifts.paid_secretly(market, rail, count // 4, dice)
        finding.figures |= {"orders": len([*paid, *unpaid, *secret]), "refunds": len(given) + len(noted)}
        with two_of_each(pace, **rail.settings) as crew:
            _come_due(crew, MINUTES, dice, unpaid=unpaid, asked=secret[::2], refunds=given)
            _open_now(secret[1::2])
            _work(market, crew, MINUTES, paid)
            crew.compare(finding, MINUTES)
            _compare_audits(finding, crew)
        _compare(finding, [*paid, *secret], unpaid)
        _compare_asking(finding, secret, silent=secret[1::2])
        gifts.compare(finding, rail, given)
        _compare_bank(finding, noted)
        finding.audit()
        finding.controls["without locks"] = _without_locks(market, rail, [*paid, *secret], unpaid, dice)
        finding.controls["without claims"] = _without_claims(market, rail, dice)
    return finding


def _ordered(market: str, count: int, dice: random.Random) -> tuple[Payments, Payments]:
    """A third, of which SePay will tell; and the others, whose time will be over."""
    payments = orders(market, count, dice)
    return payments[::3], [one for at, one in enumerate(payments) if at % 3]


def _come_due(
    crew: Crew,
    minutes: float,
    dice: random.Random,
    *,
    unpaid: Payments = (),
    asked: Payments = (),
    refunds: Sequence[Refund] = (),
) -> None:
    """Each at a moment of the time to come: its end, its turn to be asked about, its turn to be sent or asked about.

    The clock is the real one: what has to be old is given an earlier date.
    """
    begins, seconds = timezone.now(), crew.seconds(minutes - QUIET)

    def moment() -> datetime:
        return begins + timedelta(seconds=dice.random() * seconds)

    for payment in unpaid:
        run_out([payment], at=moment())
    for payment in asked:
        Payment.objects.filter(pk=payment.pk).update(created_at=moment() - FIRST_AFTER)
    for refund in refunds:
        gifts.give_turn(refund, at=moment())


def _open_now(payments: Payments) -> None:
    """They are too young to be asked about in all that time: only reconciliation finds them."""
    Payment.objects.filter(pk__in=[one.pk for one in payments]).update(created_at=timezone.now())


def _work(market: str, crew: Crew, minutes: float, paid: Payments = ()) -> None:
    """Meanwhile SePay tells of the transfers."""
    crew.begin()
    pay_all(market, paid)
    crew.finish(minutes)


def _compare_audits(finding: Finding, crew: Crew) -> None:
    """One for each that a beat asked for, while all was moving; the bank's rows may still wait to be matched."""
    asked = sum(crew.asked_for(beat)[audit.name] for beat in crew.beats)
    audits = list(Audit.objects.values_list("differences", flat=True))
    finding.must_be("audits", len(audits), asked)
    of_ours = [one for found in audits for one in found if one["check"] != TOLD_BY_OTHERS]
    finding.must_be("differences that an audit saw meanwhile", of_ours, [])


def _compare(finding: Finding, paid: Payments, unpaid: Payments) -> None:
    for name, payments, state in (("paid", paid, "confirmed"), ("unpaid", unpaid, "expired")):
        now = Payment.objects.filter(pk__in=[one.pk for one in payments])
        states = Counter(now.values_list("state", flat=True))
        finding.must_be(f"{name} payments", states, Counter({state: len(payments)}))
        received = sum(now.values_list("received", flat=True))
        due = sum(one.amount for one in payments) if name == "paid" else 0
        finding.must_be(f"received, {name}", received, due)
    ended = SellerOrderEvent.objects.filter(status=SellerOrder.Status.EXPIRED)
    finding.must_be("parcels that expired", ended.count(), len(unpaid))
    twice = SellerOrder.objects.annotate(ends=Count("events", filter=_expired())).filter(ends__gt=1)
    finding.must_be("parcels that expired twice", twice.count(), 0)
    held = StockRecord.objects.aggregate(held=Sum("num_allocated"))["held"]
    given = Refund.objects.values("payment").distinct().count()
    finding.must_be("packs held", held, len(paid) + given)
    finding.must_be("jobs left", Job.objects.exclude(state=Job.State.DONE).count(), 0)
    finding.must_be("jobs tried twice", Job.objects.filter(attempts__gt=1).count(), 0)


def _compare_asking(finding: Finding, secret: Payments, *, silent: Payments) -> None:
    """What reconciliation takes in is told once; the `silent` nobody else could find."""
    told = Counter(Item.objects.filter(source=RAIL).values_list("payment", flat=True))
    finding.figures["found by reconciliation"] = told.total()
    finding.must_be("told of as found", told, Counter({*told} & {one.pk for one in secret}))
    finding.must_be("found by nobody", {one.pk for one in silent} - {*told}, set())
    cured = Run.objects.aggregate(cured=Sum("cured"))["cured"]
    finding.must_be("taken in by reconciliation", cured, told.total())


def _compare_bank(finding: Finding, noted: Sequence[Refund]) -> None:
    items = Item.objects.filter(source=Item.BANK, state=Item.State.RESOLVED)
    finding.must_be("differences that closed themselves", items.count(), len(noted))
    shown = Counter(Match.objects.values_list("entry__refund", flat=True))
    finding.must_be("rows that are refunds", shown, Counter(one.pk for one in noted))


def _expired() -> Q:
    return Q(events__status=SellerOrder.Status.EXPIRED)


def _without_claims(market: str, rail: Rail, dice: random.Random) -> int:
    """Where none of two workers knows that the other sends a refund, the rail is asked for it twice."""
    for _ in range(TRIES):
        refunds = [gifts.owe_unsent(payment) for payment in gifts.paid(market, rail, SMALL // 2, dice)]
        with two_of_each(PACE_SMALL, **{**rail.settings, UNGUARDED: "claims"}) as crew:
            for refund in refunds:
                gifts.give_turn(refund, at=timezone.now())
            _work(market, crew, A_WHILE)
        if differences := seen(partial(gifts.compare, rail=rail, refunds=refunds)):
            return differences
    return 0


def _without_locks(market: str, rail: Rail, paid: Payments, unpaid: Payments, dice: random.Random) -> int:
    """Where nobody waits for a row that another holds, two workers do the same job."""
    for _ in range(TRIES):
        more_paid, more_unpaid = _ordered(market, SMALL, dice)
        paid, unpaid = [*paid, *more_paid], [*unpaid, *more_unpaid]
        with two_of_each(PACE_SMALL, **{**rail.settings, UNGUARDED: "locks"}) as crew:
            _come_due(crew, A_WHILE, dice, unpaid=more_unpaid)
            _work(market, crew, A_WHILE, more_paid)
        if differences := seen(partial(_compare, paid=paid, unpaid=unpaid)):
            return differences
    return 0
