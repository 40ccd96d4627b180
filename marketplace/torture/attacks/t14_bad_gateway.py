"""T14: rails that answer slowly, with an error, a web page, half an answer, or not at all after they did it."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import redis
from django.conf import settings
from django.db import connections
from django.utils import timezone

from marketplace.order.models import Order
from marketplace.torture.findings import SLOW, Finding, seen_by_both
from marketplace.torture.market import AT_ONCE, QUEUE, durable_products
from marketplace.torture.people.guest import CHECKOUT, Guest
from marketplace.torture.rails.beside import rail_and_market
from marketplace.torture.rails.pretended import Rail
from payments.models import Payment, Refund
from payments.reconciliation.rails import reconcile

LOST = "lost_after_charge"
FAULTS = ("slow", "500", "html", "half", LOST)
FULL, SMALL = 50, 6
"""Guests for each fault of a rail; with fewer than six the breaker has nothing to show."""
RAILS = ("momo", "zalopay", "stripe")
OPENS_AFTER = 5
"""Failures in a row after which nobody may ask a rail; who presses with the last of them may be on his way there."""
HELD_AT_MOST = 8.0
"""Seconds that a rail may hold a web worker."""
NOTICED = 0.5
"""Seconds until the rail, by whose clock it is measured, has noticed that a worker hung up.

Eight of its threads do so at the same moment, by turns: up to 8.11 s were seen.
"""
MARGIN = 2.0
"""Seconds that a guest may wait for everything but the rail."""
RUNS = 2
OTHER_WAY = "/tra-tien/cach-khac/"


def attack(market: str, *, small: bool, seed: int) -> Finding:
    finding, dice = Finding("T14"), random.Random(seed)
    for name in RAILS[:1] if small else RAILS:
        with rail_and_market(name) as (rail, shop):
            for fault in FAULTS:
                _spoil(finding, shop, rail, fault, small=small, dice=dice)
            _resolve(finding, rail)
    finding.audit()
    finding.controls["a success undone"] = _control()
    return finding


def _spoil(finding: Finding, shop: str, rail: Rail, fault: str, *, small: bool, dice: random.Random) -> None:
    guests = SMALL if small else FULL
    rail.spoil(fault, times=guests)
    before = rail.asked()
    longest, waiting = _pay_together(shop, rail, guests, dice)
    asked = rail.asked() - before
    finding.figures[f"asked_{rail.name}_{fault}"] = asked
    allowed = range(OPENS_AFTER, OPENS_AFTER + AT_ONCE)
    finding.must_be(f"{rail.name} {fault}: asked {asked} times, within {allowed}", asked in allowed, True)
    at_most = HELD_AT_MOST + MARGIN
    finding.must_take(
        f"{rail.name} {fault}", longest, at_most=at_most, tolerated=at_most * (SLOW if small else 1)
    )
    if fault == "slow":
        finding.must_take(
            f"{rail.name}: waited for",
            rail.longest_wait(),
            at_most=HELD_AT_MOST + NOTICED,
            tolerated=at_most,
        )
    finding.must_be(f"{rail.name} {fault}: offered while it rests", _offered(shop, rail, dice), False)
    rail.spoil(fault, times=0)
    _end_rest(rail)
    _pay_together(shop, rail, 1, dice)
    finding.must_be(f"{rail.name} {fault}: offered again", _offered(shop, rail, dice), True)
    if fault == LOST:
        _try_again(rail, waiting[:AT_ONCE])


def _pay_together(shop: str, rail: Rail, guests: int, dice: random.Random) -> tuple[float, list[Guest]]:
    """Seconds that the slowest waited; those who ordered, each on the page that tells how the paying went.

    The others pressed when the rail was resting already, and are asked for another way.
    """
    shelf = durable_products(20)

    def wait(product: int) -> tuple[float, Guest]:
        guest = Guest(shop)
        form = guest.fill_in_checkout(product)
        form.fields["payment"] = rail.name
        begun = time.monotonic()
        guest.answer(guest.press(form).where)
        return time.monotonic() - begun, guest

    with ThreadPoolExecutor(AT_ONCE) as pool:
        waited = list(pool.map(wait, [dice.choice(shelf) for _ in range(guests)]))
    ordered = [guest for _seconds, guest in waited if not guest.at.endswith(CHECKOUT)]
    return max(seconds for seconds, _guest in waited), ordered


def _try_again(rail: Rail, guests: list[Guest]) -> None:
    """Whose first charge the rail knows although its answer was lost: their orders have two charges there now."""
    for guest in guests:
        guest.send(guest.open(guest.at).form(OTHER_WAY), provider=rail.name)


def _offered(shop: str, rail: Rail, dice: random.Random) -> bool:
    guest = Guest(shop)
    form = guest.fill_in_checkout(dice.choice(durable_products(20)))
    return ("payment", rail.name) in form.choices


def _end_rest(rail: Rail) -> None:
    """As if the minute were over: the next question is let through, and its answer closes the breaker."""
    with redis.from_url(settings.REDIS_URL) as valkey:
        for key in valkey.scan_iter(f"{QUEUE}:*breaker:{rail.name}:rests"):
            valkey.delete(key)


def _resolve(finding: Finding, rail: Rail) -> None:
    """Every buyer finds a way to pay all that the rail asks for; the market hears of it by asking alone."""
    connections.close_all()
    paid = rail.charges()
    for reference in paid:
        rail.pay_secretly(reference)
    rail.spoil("500", times=3)
    runs = [reconcile(rail.name, timezone.now()) for _ in range(RUNS)]
    finding.must_be(f"{rail.name}: unanswered, last run", runs[-1].unanswered, 0)
    ours = dict(Payment.objects.filter(reference__in=paid).values_list("reference", "received"))
    finding.must_be(f"{rail.name}: taken in", ours, paid)
    finding.figures[f"charges_{rail.name}"] = len(paid)
    finding.figures[f"unanswered_{rail.name}"] = [run.unanswered for run in runs]
    _compare_charges(finding, rail, paid)
    _compare(finding)


def _compare_charges(finding: Finding, rail: Rail, paid: dict[str, int]) -> None:
    """Of all that an order's charges took, its price is kept and the rest is owed back."""
    orders = dict(Payment.objects.filter(reference__in=paid).values_list("reference", "order"))
    charged: Counter[int] = Counter(orders.values())
    kept: Counter[int] = Counter()
    for reference, amount in paid.items():
        kept[orders[reference]] += amount
    owed_back = Refund.objects.standing().filter(payment__reference__in=paid)
    for order, amount in owed_back.values_list("payment__order", "amount"):
        kept[order] -= amount
    prices = dict(Order.objects.filter(pk__in=charged).values_list("pk", "total_incl_tax"))
    finding.must_be(f"{rail.name}: kept of each order", dict(kept), prices)
    twice = sum(count > 1 for count in charged.values())
    finding.must_be(f"{rail.name}: some orders have two charges", twice > 0, True)
    finding.figures[f"orders_with_two_charges_{rail.name}"] = twice


def _compare(finding: Finding) -> None:
    """No order is paid without an attempt that says so, and none has one without being paid."""
    confirmed = Payment.objects.filter(state=Payment.State.CONFIRMED).values_list("order", flat=True)
    paid = set(Order.objects.filter(paid_at__isnull=False).values_list("pk", flat=True))
    finding.must_be("orders paid", paid, set(confirmed))


def _control() -> int:
    """A paid order whose payment is said to have failed must be seen, by the model and by the audit."""
    undone = Payment.objects.filter(state=Payment.State.CONFIRMED)[0]

    def undo() -> None:
        Payment.objects.filter(pk=undone.pk).update(state=Payment.State.FAILED, confirmed_at=None)

    return seen_by_both(undo, _compare)
