"""T11: the connection to PostgreSQL breaks at a COMMIT, before or after it was done; whoever asked asks again."""

import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import OperationalError
from django.utils import timezone
from oscar.apps.basket.models import Basket

from marketplace.accounts.models import User
from marketplace.order.models import Order
from marketplace.outbox.delivery import deliver_due
from marketplace.outbox.models import Job
from marketplace.torture.accidents.cuts import call_twice, must_be_the_one, press_twice
from marketplace.torture.accidents.on_order import (
    AFTER,
    BEFORE,
    HEADER,
    cut_commit,
    cut_statement,
    order_accident,
)
from marketplace.torture.findings import Finding, seen, seen_by_both
from marketplace.torture.given import farms, gifts
from marketplace.torture.guards import overwrite
from marketplace.torture.market import drain, durable_products
from marketplace.torture.people import desk
from marketplace.torture.people.guest import Guest
from marketplace.torture.people.ordering import orders
from marketplace.torture.people.signed_in import APPROVER, MAKER, Staff, hire_staff, staff_of
from marketplace.torture.rails.beside import rail_and_market
from marketplace.torture.rails.pretended import Rail, pretended
from marketplace.torture.rails.telling import answers_to
from marketplace.torture.rails.transfers import book_transfer, pay_all
from payments.ledger.models import Entry
from payments.models import Notification, Payment, Refund, Transfer
from payments.payouts.models import PayoutBatch
from payments.refunds import complete_refund
from payments.sending import LOOK_AFTER, look_after
from payments.services import confirm_payment

FULL, SMALL = 19, 1
"""Of each: orders, payments, refunds by hand and payouts, once before and once after the COMMIT."""
BY_RAIL_FULL, BY_RAIL_SMALL = 10, 1
"""Refunds that a rail makes, as many times for each of the three COMMITs on their way."""
RAIL = "momo"
SEPAY = "/thanh-toan/sepay/ipn"
"""Where it tells of transfers."""
CLAIM = 'UPDATE "payments_refund" SET "state"'
"""Whoever has this committed asks the rail."""
TOO_MUCH = 1_000
"""đồng that a buyer sends more than owed, so that they have to go back."""


def attack(market: str, *, small: bool, seed: int) -> Finding:
    finding, dice = Finding("T11"), random.Random(seed)
    cuts = (BEFORE, AFTER) * (SMALL if small else FULL)
    cuts_by_rail = (BEFORE, AFTER) * (BY_RAIL_SMALL if small else BY_RAIL_FULL)
    hire_staff()
    with rail_and_market(RAIL) as (rail, market):
        maker, approver = (staff_of(market, phone) for phone in (MAKER, APPROVER))
        buyers = _place(market, finding, dice, cuts)
        payments = list(Payment.objects.order_by("pk"))
        finding.must_be("attempts to pay", len(payments), len(cuts))
        _pay(market, finding, payments, cuts)
        _refund(finding, buyers, maker, approver, cuts)
        _pay_out(finding, payments, maker, approver, cuts)
        finding.controls["a claim forgotten"] = _refund_by_rail(market, finding, rail, dice, cuts_by_rail)
        finding.figures |= {"cuts": 5 * len(cuts) + 3 * len(cuts_by_rail)}
        finding.must_be("jobs left", drain(), 0)
        finding.audit()
        finding.controls["counted twice by hand"] = _counted_twice(payments)
        finding.controls["without names of events"] = _without_guard(market, payments, dice)
        finding.controls["orders without their token"] = _without_tokens(market, dice)
        finding.controls["payouts without their key"] = _without_keys(market, dice, maker, approver)
    return finding


def _place(market: str, finding: Finding, dice: random.Random, cuts: Sequence[str]) -> list[Guest]:
    """The buyers, in the order of their orders."""
    shelf, buyers = durable_products(20), [Guest(market) for _ in cuts]
    for guest, cut in zip(buyers, cuts, strict=True):
        form = guest.fill_in_checkout(dice.choice(shelf))
        press_twice(finding, "order", cut, partial(guest.press, form), Order.objects.count)
    finding.must_be("orders", Order.objects.count(), len(cuts))
    return buyers


def _pay(market: str, finding: Finding, payments: Sequence[Payment], cuts: Sequence[str]) -> None:
    """SePay's request is cut, and it tells again after a minute; then the job that acts on it."""
    drain()
    with pretended("bank", market=market) as bank:
        for payment, cut in zip(payments, cuts, strict=True):
            before = Notification.objects.count()
            order_accident(f"{market}{SEPAY}", f"cut {cut}")
            book_transfer(bank, payment.reference, payment.amount + TOO_MUCH)
            must_be_the_one(finding, "notification", cut, Notification.objects.count() - before)
            bank.advance(1)
            finding.must_be(f"answers to SePay, cut {cut}", answers_to(bank.deliveries()[-1]), (500, 200))
            call_twice(finding, "job of a notification", cut, deliver_due, Transfer.objects.count)
            drain()
    finding.must_be("orders paid once", _paid(payments), len(payments))


def _paid(payments: Sequence[Payment]) -> int:
    now = Payment.objects.filter(pk__in=[one.pk for one in payments], state=Payment.State.CONFIRMED)
    return sum(one.received == one.amount + TOO_MUCH for one in now)


def _refund(
    finding: Finding, buyers: Sequence[Guest], maker: Staff, approver: Staff, cuts: Sequence[str]
) -> None:
    refunds = list(Refund.objects.order_by("payment"))
    finding.must_be("refunds owed", len(refunds), len(cuts))
    for refund, buyer, cut in zip(refunds, buyers, cuts, strict=False):
        press = partial(maker.press, desk.agree_on_refund(refund, buyer, approver))
        press_twice(finding, "refund by hand", cut, press, partial(_booked, Entry.Kind.REFUND_SENT))
    finding.must_be("refunds booked", _booked(Entry.Kind.REFUND_SENT), len(cuts))


def _refund_by_rail(
    market: str, finding: Finding, rail: Rail, dice: random.Random, cuts: Sequence[str]
) -> int:
    """What is seen of a refund whose claim is forgotten. The others: the beat's task goes on with them.

    Of what was claimed and never asked for the rail knows nothing: when its time is over, a person makes it.
    """
    payments = gifts.paid(market, rail, 3 * len(cuts), dice)
    refunds = [
        refund
        for at, cut in enumerate(cuts)
        for refund in _owed_and_cut(finding, cut, payments[3 * at : 3 * at + 3])
    ]
    unasked = list(Refund.objects.filter(state=Refund.State.IN_TRANSIT))
    finding.must_be("claimed and never asked for", len(unasked), cuts.count(AFTER))
    _look_after(timedelta(hours=settings.REFUND_UNSURE_HOURS))
    for refund in unasked:
        complete_refund(refund, bank_reference=f"FT{refund.pk}", by=User.objects.get(phone=MAKER))
    gifts.compare(finding, rail, refunds, unasked=len(unasked))
    refunds += _claim_forgotten(market, rail, dice)
    return seen(lambda seen: gifts.compare(seen, rail, refunds, unasked=len(unasked)))


def _owed_and_cut(finding: Finding, cut: str, payments: Sequence[Payment]) -> list[Refund]:
    """One at its job's COMMIT, one at the claim and one at the noting of the rail's answer."""
    by_job, claimed, answered = payments
    drain()  # else its job is not the first to be done
    refunds = [gifts.owe(by_job)]
    done = Job.objects.filter(key=f"refund:{refunds[0].pk}", state=Job.State.DONE)
    call_twice(finding, "job of a refund", cut, deliver_due, done.count)
    drain()
    _look_after()
    refunds.append(gifts.owe_unsent(claimed))
    claim = partial(cut_statement, beginning=CLAIM)
    call_twice(finding, "claim", cut, _look_after, partial(_in_state, Refund.State.IN_TRANSIT), claim)
    refunds.append(gifts.owe_unsent(answered))
    call_twice(finding, "answer of the rail", cut, _look_after, partial(_in_state, Refund.State.DONE))
    return refunds


def _in_state(state: Refund.State) -> int:
    return Refund.objects.filter(state=state).count()


def _look_after(later: timedelta = LOOK_AFTER) -> None:
    look_after(timezone.now() + later)


def _claim_forgotten(market: str, rail: Rail, dice: random.Random) -> list[Refund]:
    """Where the row says again that nobody sends it, another worker does."""
    refunds = [gifts.owe_unsent(payment) for payment in gifts.paid(market, rail, 1, dice)]
    with suppress(OperationalError), cut_commit(BEFORE):
        _look_after()
    Refund.objects.filter(pk__in=[one.pk for one in refunds]).update(state=Refund.State.CREATED)
    _look_after()
    return refunds


def _pay_out(
    finding: Finding, payments: Sequence[Payment], maker: Staff, approver: Staff, cuts: Sequence[str]
) -> None:
    """A batch for each parcel."""
    for payment, cut in zip(payments, cuts, strict=True):
        farms.deliver([payment])
        drain()
        press = partial(maker.press, desk.agree_on_payout(maker, approver))
        press_twice(finding, "payout", cut, press, partial(_booked, Entry.Kind.PAYOUT_SENT))
    finding.must_be("batches sent", PayoutBatch.objects.filter(state="sent").count(), len(cuts))
    finding.must_be("payouts booked", _booked(Entry.Kind.PAYOUT_SENT), len(cuts))


def _booked(kind: Entry.Kind) -> int:
    return Entry.objects.filter(kind=kind).count()


def _counted_twice(payments: Sequence[Payment]) -> int:
    """Money taken in once more than it came must be seen, by the model and by the audit."""
    return seen_by_both(
        partial(confirm_payment, payments[0], amount=payments[0].amount),
        lambda seen: seen.must_be("orders paid once", _paid(payments), len(payments)),
    )


def _without_guard(market: str, payments: Sequence[Payment], dice: random.Random) -> int:
    """Where neither event nor number of the bank is known again, what is sent again after the COMMIT counts again."""
    overwrite(Notification, "event_id", "gen_random_uuid()", at="INSERT")
    overwrite(Transfer, "bank_reference", "''", at="INSERT")
    more = orders(market, 1, dice)
    _pay(market, Finding("guard off"), more, (AFTER,))
    return seen(lambda seen: seen.must_be("orders paid once", _paid([*payments, *more]), len(payments) + 1))


def _without_tokens(market: str, dice: random.Random) -> int:
    """Where an order forgets its token, and its basket that it was ordered, the second press makes another one."""
    overwrite(Order, "submission_token", "gen_random_uuid()", at="INSERT")
    overwrite(Basket, "status", "OLD.status", at="UPDATE")
    guest, before = Guest(market), Order.objects.count()
    form = guest.fill_in_checkout(dice.choice(durable_products(20)))
    guest.press(form, **{HEADER: f"cut {AFTER}"})
    guest.press(form)
    return seen(lambda seen: seen.must_be("orders", Order.objects.count() - before, 1))


def _without_keys(market: str, dice: random.Random, maker: Staff, approver: Staff) -> int:
    """Where the books forget their keys, and the batch that it was sent, it is booked once more."""
    payments = orders(market, 1, dice)
    pay_all(market, payments)
    drain()
    farms.deliver(payments)
    drain()
    before, send = _booked(Entry.Kind.PAYOUT_SENT), desk.agree_on_payout(maker, approver)
    overwrite(Entry, "key", "gen_random_uuid()", at="INSERT")
    maker.press(send, **{HEADER: f"cut {AFTER}"})
    PayoutBatch.objects.filter(payouts__items__seller_order__order=payments[0].order_id).update(
        state=PayoutBatch.State.APPROVED
    )
    maker.press(send)
    return seen(lambda seen: seen.must_be("payouts booked", _booked(Entry.Kind.PAYOUT_SENT) - before, 1))
