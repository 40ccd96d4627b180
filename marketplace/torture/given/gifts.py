"""Gifts to buyers: money that goes back by the rail that it came by, or by a person's hand.

A rail knows a refund again by its name, so that one asked for twice is made once: what it is asked is compared too.
"""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.order.models import SellerOrder
from marketplace.outbox.models import Job
from marketplace.torture.findings import Finding
from marketplace.torture.market import drain
from marketplace.torture.people.ordering import orders
from marketplace.torture.people.signed_in import MAKER, hire_staff
from marketplace.torture.rails.pretended import Rail
from marketplace.torture.rails.transfers import pay_all
from payments.ledger.models import Entry
from payments.models import Payment, Refund
from payments.parcel_refunds import refund_parcel
from payments.providers.momo.provider import refund_id
from payments.reconciliation.models import Statement
from payments.reconciliation.statements import apply_statement, bring_in
from payments.refunds import complete_refund
from payments.sending import LOOK_AFTER

GIFT = 5_000
"""đồng of each: so little that the rail could give it back twice."""


def paid_secretly(market: str, rail: Rail, count: int, dice: random.Random) -> list[Payment]:
    """New orders, paid at the rail, of which nobody tells the market."""
    payments = orders(market, count, dice, rail=rail.name)
    for payment in payments:
        rail.pay_secretly(payment.reference)
    return payments


def paid(market: str, rail: Rail, count: int, dice: random.Random) -> list[Payment]:
    """New orders, of whose payment the rail has told. Their jobs are done."""
    payments = orders(market, count, dice, rail=rail.name)
    for payment in payments:
        rail.pay(payment.reference)
    drain()
    return payments


def owe(payment: Payment) -> Refund:
    parcel = SellerOrder.objects.get(order=payment.order_id)
    kind = Refund.Kind.GOODWILL
    return refund_parcel(parcel, kind=kind, reason="Quà", key=f"gift:{payment.pk}", goods=GIFT)


def owe_unsent(payment: Payment) -> Refund:
    """As a worker leaves it that died between its job's COMMIT and the asking."""
    refund = owe(payment)
    Job.objects.filter(key=f"refund:{refund.pk}").update(state=Job.State.DONE)
    return refund


def owe_unanswered(rail: Rail, payment: Payment) -> Refund:
    """The rail has made it, and its answer was lost."""
    rail.spoil("lost_after_charge", times=1)
    refund = owe(payment)
    drain()
    forget_failures(rail)
    return refund


def at_every_stage(market: str, rail: Rail, each: int, dice: random.Random) -> list[Refund]:
    """Never sent; made by the rail, whose answer was lost; and just owed, with a job that sends it."""
    payments = paid(market, rail, 3 * each, dice)
    refunds = [owe_unsent(payment) for payment in payments[:each]]
    refunds += [owe_unanswered(rail, payment) for payment in payments[each : 2 * each]]
    return refunds + [owe(payment) for payment in payments[2 * each :]]


def noted_late(market: str, count: int, dice: random.Random) -> list[Refund]:
    """A person sends them, and says so only after the bank's statement has shown them."""
    payments = orders(market, count, dice)
    pay_all(market, payments)
    drain()
    refunds = [owe(payment) for payment in payments]
    drain()
    hire_staff()
    person = User.objects.get(phone=MAKER)
    _show(refunds, by=person)
    for refund in refunds:
        complete_refund(refund, bank_reference=_number_of(refund), by=person)
    return refunds


def _number_of(refund: Refund) -> str:
    """The bank's own, of the transfer that a person makes."""
    return f"FT{refund.pk}"


def _show(refunds: Sequence[Refund], *, by: User) -> None:
    """Today's statement tells that they left."""
    head = "Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Nội dung"
    rows = [f"{timezone.localdate():%d/%m/%Y};{_number_of(one)};{one.amount};;Tra lai" for one in refunds]
    content = "\n".join([head, *rows]).encode()
    apply_statement(bring_in(kind=Statement.Kind.BANK, name="so.csv", content=content, by=by), by=by)


def give_turn(refund: Refund, at: datetime) -> None:
    """A job that is still to send it and whoever looks after it may do so from the same moment."""
    row = Refund.objects.filter(pk=refund.pk)
    row.update(created_at=at - LOOK_AFTER)
    row.exclude(started_at=None).update(started_at=at - LOOK_AFTER)
    Job.objects.filter(key=f"refund:{refund.pk}", state=Job.State.NEW).update(next_try_at=at)


def forget_failures(rail: Rail) -> None:
    """The breaker has nothing against it any more."""
    cache.delete_many([f"breaker:{rail.name}:{what}" for what in ("failures", "rests", "probe")])


def compare(finding: Finding, rail: Rail, refunds: Sequence[Refund], *, unasked: int = 0) -> None:
    """Each was asked for once and made once; `unasked` of them by a person, since the rail knew nothing of them.

    The rail is MoMo: another one has other names for them.
    """
    now = Refund.objects.filter(pk__in=[one.pk for one in refunds]).select_related("payment")
    states = Counter(now.values_list("state", flat=True))
    finding.must_be("refunds", states, Counter({"done": len(refunds)}))
    finding.must_be("refunds that a person made", now.sent_by_hand().count(), unasked)
    by_rail = [one for one in now if one.sent_by_id is None]
    names, asked = {refund_id(one.key) for one in now}, rail.refunds_asked_for()
    times = {name: asked[name] for name in names & asked.keys()}
    finding.must_be("refunds asked for", times, {refund_id(one.key): 1 for one in by_rail})
    ours, made = {one.payment.reference for one in now}, rail.given_back()
    at_the_rail = {one: made[one] for one in ours & made.keys()}
    finding.must_be("refunds at the rail", at_the_rail, {one.payment.reference: [GIFT] for one in by_rail})
    booked = Counter(now.filter(entries__kind=Entry.Kind.REFUND_SENT).values_list("pk", flat=True))
    finding.must_be("refunds booked", booked, Counter(one.pk for one in refunds))
