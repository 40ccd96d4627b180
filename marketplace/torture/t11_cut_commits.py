"""T11: the connection to PostgreSQL breaks at a COMMIT, before or after it was done; whoever asked asks again."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from django.db import OperationalError
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.order.models import Order
from marketplace.outbox.delivery import deliver_due
from marketplace.torture import bank, farms
from marketplace.torture.accidents import AFTER, BEFORE, HEADER, cut_commit
from marketplace.torture.buying import placed_orders
from marketplace.torture.findings import Finding, seen, seen_by_both
from marketplace.torture.guards import overwrite
from marketplace.torture.guest import Guest
from marketplace.torture.market import drain, durable_products
from marketplace.torture.messages import send_all
from marketplace.torture.payout_run import APPROVER, MAKER
from payments.ledger.models import Entry
from payments.models import Notification, Payment, Refund
from payments.payouts.exceptions import NotNow
from payments.payouts.models import PayoutBatch
from payments.payouts.services import approve_batch, make_batch, send_batch
from payments.refunds import complete_refund
from payments.services import confirm_payment

FULL, SMALL = 25, 1
"""Of each: orders, payments, refunds and payouts, once before and once after the COMMIT."""
TOO_MUCH = 1_000
"""đồng that a buyer sends more than owed, so that they have to go back."""


def attack(market: str, *, small: bool, seed: int) -> Finding:
    finding, dice = Finding("T11"), random.Random(seed)
    cuts = (BEFORE, AFTER) * (SMALL if small else FULL)
    farms.staff()
    payments = _place(market, finding, dice, cuts)
    _pay(market, finding, payments, cuts)
    _refund(finding, cuts)
    _pay_out(finding, payments, cuts)
    finding.figures |= {"cuts": 5 * len(cuts)}
    finding.must_be("jobs left", drain(), 0)
    finding.audit()
    finding.controls["counted twice by hand"] = _counted_twice(payments)
    finding.controls["without names of events"] = _without_guard(market, payments, dice)
    return finding


def _place(market: str, finding: Finding, dice: random.Random, cuts: Sequence[str]) -> list[Payment]:
    shelf = durable_products(20)
    for cut in cuts:
        guest = Guest(market)
        form = guest.fill_in_checkout(dice.choice(shelf))
        finding.must_be(f"answer, cut {cut}", guest.press(form, **{HEADER: f"cut {cut}"}).status, 500)
        finding.must_be(f"second answer, cut {cut}", guest.press(form).status, 302)
    finding.must_be("orders", Order.objects.count(), len(cuts))
    payments = list(Payment.objects.order_by("pk"))
    finding.must_be("attempts to pay", len(payments), len(cuts))
    return payments


def _pay(market: str, finding: Finding, payments: Sequence[Payment], cuts: Sequence[str]) -> None:
    """The notifier's own request is cut, and it sends it again; then the job that acts on it."""
    for payment, cut in zip(payments, cuts, strict=True):
        message = bank.transfer(payment.reference, payment.amount + TOO_MUCH)
        cut_off = replace(message, headers={**message.headers, HEADER: f"cut {cut}"})
        answers, _seconds = send_all(market, [cut_off, message], threads=1)
        statuses = [answer.status for answer in answers]
        finding.must_be(f"answers to the notifier, cut {cut}", statuses, [500, 200])
        _cut_and_again(cut, deliver_due)
        drain()
    finding.must_be("orders paid once", _paid(payments), len(payments))


def _paid(payments: Sequence[Payment]) -> int:
    now = Payment.objects.filter(pk__in=[one.pk for one in payments], state=Payment.State.CONFIRMED)
    return sum(one.received == one.amount + TOO_MUCH for one in now)


def _refund(finding: Finding, cuts: Sequence[str]) -> None:
    person = User.objects.get(phone=MAKER)
    refunds = list(Refund.objects.order_by("pk"))
    finding.must_be("refunds owed", len(refunds), len(cuts))
    for refund, cut in zip(refunds, cuts, strict=False):
        proof = f"FT{refund.pk}"
        _cut_and_again(cut, partial(complete_refund, refund, bank_reference=proof, by=person))
    finding.must_be("refunds booked", _booked(Entry.Kind.REFUND_SENT), len(cuts))


def _pay_out(finding: Finding, payments: Sequence[Payment], cuts: Sequence[str]) -> None:
    """A batch for each parcel."""
    maker, approver = (User.objects.get(phone=phone) for phone in (MAKER, APPROVER))
    for payment, cut in zip(payments, cuts, strict=True):
        farms.deliver([payment])
        drain()
        batch = make_batch(by=maker, now=timezone.now())
        drain()
        batch.refresh_from_db()
        approve_batch(batch, by=approver, total=batch.total, now=timezone.now())
        _cut_and_again(cut, partial(send_batch, batch, by=maker, now=timezone.now()))
    finding.must_be("batches sent", PayoutBatch.objects.filter(state="sent").count(), len(cuts))
    finding.must_be("payouts booked", _booked(Entry.Kind.PAYOUT_SENT), len(cuts))


def _cut_and_again(when: str, do: Callable[[], object]) -> None:
    try:
        with cut_commit(when):
            do()
        raise AssertionError("nothing was committed")
    except OperationalError:
        pass
    try:
        do()
    except NotNow:  # the first time was the one
        return


def _booked(kind: Entry.Kind) -> int:
    return Entry.objects.filter(kind=kind).count()


def _counted_twice(payments: Sequence[Payment]) -> int:
    """Money taken in once more than it came must be seen, by the model and by the audit."""
    return seen_by_both(
        partial(confirm_payment, payments[0], amount=payments[0].amount),
        lambda seen: seen.must_be("orders paid once", _paid(payments), len(payments)),
    )


def _without_guard(market: str, payments: Sequence[Payment], dice: random.Random) -> int:
    """Where every notification is taken for a new event, the one sent again after the COMMIT counts again."""
    overwrite(Notification, "event_id", "gen_random_uuid()", at="INSERT")
    more = placed_orders(1, dice)
    _pay(market, Finding("guard off"), more, (AFTER,))
    return seen(lambda seen: seen.must_be("orders paid once", _paid([*payments, *more]), len(payments) + 1))
