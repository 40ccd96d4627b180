"""T7: a VNPAY that comes late and takes back what it said, over HTTP; what must become of each is in STORIES."""

import random
from collections import Counter
from collections.abc import Mapping

from django.db.models import F, QuerySet
from django.utils import timezone

from marketplace.torture.attacks.t7_stories import STORIES, Payments, Scene, Story, pay_out
from marketplace.torture.findings import Finding, seen_by_both
from marketplace.torture.market import drain, durable_products
from marketplace.torture.people import desk
from marketplace.torture.people.ordering import order_all
from marketplace.torture.people.signed_in import APPROVER, MAKER, hire_staff, staff_of
from marketplace.torture.rails.beside import rail_and_market
from marketplace.torture.rails.pretended import Rail
from marketplace.torture.rails.vnpay import open_pages, say
from payments.models import Payment, Refund
from payments.payouts.models import PayoutItem
from payments.reconciliation.models import Item
from payments.sending import A_RUN, LOOK_AFTER, look_after
from payments.simulators.vnpay.rail import VNPay

FULL, SMALL = 1_000, 16
"""Payments."""
Cast = Mapping[Story, Payments]


def attack(market: str, *, small: bool, seed: int) -> Finding:
    finding, dice = Finding("T7"), random.Random(seed)
    hire_staff()
    with rail_and_market("vnpay") as (vnpay, market):
        scene = Scene(market, vnpay, *(staff_of(market, phone) for phone in (MAKER, APPROVER)))
        cast = _ordered(market, (SMALL if small else FULL) // len(STORIES), dice)
        finding.figures |= {
            "payments": sum(map(len, cast.values())),
            "stories": [story.name for story in STORIES],
        }
        heard = _play(scene, cast, dice)
        finding.figures["notifications"] = len(vnpay.deliveries())
        finding.must_be("jobs left", drain(), 0)
        _compare(finding, cast, heard)
        _compare_given_back(finding, vnpay, cast)
        for story, payments in cast.items():
            seen = story.rows(_now(payments)).count()
            finding.must_be(f"rows for staff, {story.name}", seen, len(payments))
        answers = desk.settle_differences(scene.maker, scene.approver)
        finding.must_be("answers of the desk", set(answers), {302})
    finding.audit()
    finding.controls["a success undone"] = _control(cast, heard)
    return finding


def _ordered(market: str, each: int, dice: random.Random) -> Cast:
    """The stories' payments, ordered in one heap; of two products each, so that what is sold out is one story's."""
    shelf = durable_products(2 * len(STORIES))
    heap = [
        (story, dice.choice(shelf[2 * at : 2 * at + 2]))
        for at, story in enumerate(STORIES)
        for _payment in range(each)
    ]
    dice.shuffle(heap)
    payments = order_all(market, [product for _story, product in heap], rail="vnpay")
    open_pages(payments)
    return {
        story: [payment for payment, (of, _product) in zip(payments, heap, strict=True) if of is story]
        for story in STORIES
    }


def _play(scene: Scene, cast: Cast, dice: random.Random) -> dict[str, Counter[str]]:
    """Every story to its end; what VNPAY heard when it spoke the second time, by story."""
    first = [(payment, story.first) for story in cast if story.first for payment in cast[story]]
    say(scene.vnpay, dice.sample(first, len(first)))
    drain()
    for story, payments in cast.items():
        story.between(scene, payments)
    second = [(payment, story.then) for story in cast for payment in cast[story]]
    answers = say(scene.vnpay, dice.sample(second, len(second)))
    drain()
    _give_back(scene, cast)
    stories = {payment.reference: story.name for story in cast for payment in cast[story]}
    heard: dict[str, Counter[str]] = {}
    for reference, answer in answers:
        heard.setdefault(stories[reference], Counter())[answer] += 1
    return heard


def _give_back(scene: Scene, cast: Cast) -> None:
    """What VNPAY was asked to give back is done by its clock, and the market asks, as the worker does each minute."""
    scene.vnpay.advance(VNPay.refund_seconds / 60)
    owed = sum(len(payments) for story, payments in cast.items() if story.owed_back)
    for _run in range(owed // A_RUN + 1):
        look_after(timezone.now() + LOOK_AFTER)


def _now(payments: Payments) -> QuerySet[Payment]:
    return Payment.objects.filter(pk__in=[one.pk for one in payments])


def _compare(finding: Finding, cast: Cast, heard: Mapping[str, Counter[str]]) -> None:
    for story, payments in cast.items():
        finding.must_be(f"heard, {story.name}", heard[story.name], Counter({story.answer: len(payments)}))
        now = _now(payments)
        ends = Counter((one.state, one.received == one.amount) for one in now)
        finding.must_be(story.name, ends, Counter({(story.state, story.received): len(payments)}))
        told = Item.objects.filter(payment__in=now, state=Item.State.OPEN).count()
        finding.must_be(f"told of, {story.name}", told, len(payments) * story.told)
        back = Refund.objects.filter(payment__in=now).count()
        finding.must_be(f"owed back, {story.name}", back, len(payments) * story.owed_back)
    paid_out = next(len(payments) for story, payments in cast.items() if story.between is pay_out)
    finding.must_be("parcels paid out", PayoutItem.objects.count(), paid_out)


def _compare_given_back(finding: Finding, vnpay: Rail, cast: Cast) -> None:
    """VNPAY has made every refund once, and the market knows that it has."""
    owed = {one.reference: [one.amount] for story in cast if story.owed_back for one in cast[story]}
    finding.must_be("given back by VNPAY", vnpay.given_back(), owed)
    made = Refund.objects.made_by_rail().filter(amount=F("payment__received"))
    known = {reference: [amount] for reference, amount in made.values_list("payment__reference", "amount")}
    finding.must_be("known to be given back", known, owed)


def _control(cast: Cast, heard: Mapping[str, Counter[str]]) -> int:
    """A success that a late failure undoes must be seen, by the model and by the audit.

    Written by hand: what keeps it from happening is Payment.TRANSITIONS, in the code of every process, and no rule
    of the database that could be dropped.
    """
    undone = next(payments[0] for story, payments in cast.items() if story.told)

    def undo() -> None:
        Payment.objects.filter(pk=undone.pk).update(state=Payment.State.FAILED, confirmed_at=None)

    return seen_by_both(undo, lambda seen: _compare(seen, cast, heard))
