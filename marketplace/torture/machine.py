"""Orders, money, refunds and payouts as one machine: any person does anything the services offer, in any order.

What a service refuses is no fault. After every step the books agree with the rows, and stock with reservations.
"""

import itertools
import random
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from farmers.partner.exceptions import InsufficientStock
from farmers.partner.models import StockRecord
from marketplace.accounts.models import User
from marketplace.order.exceptions import IllegalMove
from marketplace.order.models import Line as OrderLine
from marketplace.order.models import Reservation, SellerOrder, SellerOrderEvent
from marketplace.order.services import move, refuse_at_door, take_back
from marketplace.outbox.delivery import deliver_due
from marketplace.torture import bank, farms, vnpay
from marketplace.torture.buying import placed_orders, run_out
from marketplace.torture.market import durable_products
from marketplace.torture.messages import Message
from marketplace.torture.payout_run import APPROVER, MAKER
from payments import bank_refunds
from payments.audit.differences import TOLD_BY_OTHERS
from payments.audit.services import find_differences
from payments.claims import cancelling, reducing
from payments.claims import services as claims
from payments.claims.models import CancellationRequest, Claim
from payments.exceptions import PaymentError
from payments.ledger.models import Line
from payments.models import Payment, Refund
from payments.notifications import receive
from payments.parcel_refunds import approve_refund, call_off, name_account, refund_parcel
from payments.payouts.exceptions import PayoutError
from payments.payouts.models import Payout, PayoutBatch
from payments.payouts.services import approve_batch, make_batch, send_batch
from payments.payouts.settling import mark_paid, mark_returned
from payments.refunds import complete_refund
from payments.services import confirm_payment, expire_unpaid
from payments.ways import switch_provider

REFUSALS = (IllegalMove, InsufficientStock, PaymentError, PayoutError)
WORDS = "Hàng bị dập"
STEPS = (SellerOrder.Status.PACKING, SellerOrder.Status.HANDED_OVER, SellerOrder.Status.DELIVERED)

pick, packs = st.integers(0, 10_000), st.integers(1, 3)
share = st.sampled_from([1, 25, 50, 99, 100])


def chosen(rows: Any, at: int) -> Any:
    """One of the rows, or None when there are none."""
    found = list(rows.order_by("pk"))
    return found[at % len(found)] if found else None


class Market(RuleBasedStateMachine):
    """Each example on the stocked market, undone afterwards."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = itertools.count(1)
        self.outer = transaction.atomic()
        self.outer.__enter__()

    @initialize()
    def people(self) -> None:
        self.maker, self.approver = (User.objects.get(phone=phone) for phone in (MAKER, APPROVER))
        self.shelf = durable_products(4)
        for record in StockRecord.objects.filter(product__in=self.shelf):
            farms.give_account(record.partner)
            StockRecord.objects.filter(pk=record.pk).update(num_in_stock=5)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def attempt(self, do: Callable[[], object]) -> None:
        """What is refused changes nothing; what follows from the rest is done at once."""
        try:
            with transaction.atomic():
                do()
        except REFUSALS:
            return
        while deliver_due():
            pass

    def hear(self, message: Message) -> None:
        path, _, query = message.target.partition("?")
        code = path.split("/")[2]
        self.attempt(lambda: receive(code, message.headers, message.body or query.encode()))

    @rule(at=pick, rail=st.sampled_from(["vietqr", "vietqr", "vnpay", "cash_on_delivery"]), packs=packs)
    def order(self, at: int, rail: str, packs: int) -> None:
        dice = random.Random(f"{at}:{next(self.keys)}")
        shelf = [self.shelf[at % len(self.shelf)]]
        self.attempt(lambda: placed_orders(1, dice, rail=rail, shelf=shelf, packs=packs))

    @rule(at=pick, per_cent=st.sampled_from([50, 100, 100, 130]))
    def transfer(self, at: int, per_cent: int) -> None:
        if payment := chosen(Payment.objects.filter(provider="vietqr"), at):
            self.hear(bank.transfer(payment.reference, payment.amount * per_cent // 100))

    @rule(at=pick, codes=st.sampled_from([vnpay.PAID, vnpay.PAID, vnpay.CANCELLED, vnpay.REVERSED]))
    def report(self, at: int, codes: tuple[str, str]) -> None:
        if payment := chosen(Payment.objects.filter(provider="vnpay"), at):
            self.hear(vnpay.report(payment, codes, kind=""))

    @rule(at=pick, rail=st.sampled_from(["vietqr", "cash_on_delivery"]))
    def pay_otherwise(self, at: int, rail: str) -> None:
        if payment := chosen(Payment.objects.all(), at):
            self.attempt(lambda: switch_provider(order=payment.order, provider=rail))

    @rule(at=pick)
    def expire(self, at: int) -> None:
        if payment := chosen(Payment.objects.all(), at):
            run_out([payment])
            self.attempt(lambda: expire_unpaid(timezone.now() + timedelta(seconds=1)))

    @rule(at=pick, to=st.sampled_from([*STEPS, *STEPS, *STEPS, SellerOrder.Status.CANCELLED]))
    def farm_moves(self, at: int, to: str) -> None:
        if parcel := chosen(SellerOrder.objects.all(), at):
            self.attempt(lambda: move(parcel, to, actor=self.maker, note=WORDS))

    @rule(at=pick)
    def nobody_opens_the_door(self, at: int) -> None:
        if parcel := chosen(SellerOrder.objects.filter(status="handed_over"), at):
            self.attempt(lambda: refuse_at_door(parcel, actor=self.maker))

    @rule(at=pick)
    def buyer_takes_back(self, at: int) -> None:
        if parcel := chosen(SellerOrder.objects.all(), at):
            self.attempt(lambda: take_back(parcel, actor=None, reason=WORDS))

    @rule(at=pick, packs=st.integers(0, 2), grams=st.sampled_from([0, 100]))
    def less_comes(self, at: int, packs: int, grams: int) -> None:
        line = chosen(OrderLine.objects.all(), at)
        if line and packs + grams:
            less: dict[str, Any] = {"packs": packs, "grams": grams, "reason": WORDS, "by": self.maker}
            self.attempt(lambda: reducing.reduce_line(line, **less))

    @rule(at=pick, answer=st.sampled_from([None, True, False]))
    def ask_to_cancel(self, at: int, answer: bool | None) -> None:
        now = timezone.now()
        if answer is None and (parcel := chosen(SellerOrder.objects.all(), at)):
            self.attempt(lambda: cancelling.ask(parcel, reason=WORDS, now=now))
        elif request := chosen(CancellationRequest.objects.all(), at):
            said: dict[str, Any] = {"agree": bool(answer), "words": WORDS, "by": self.maker, "now": now}
            self.attempt(lambda: cancelling.answer(request, **said))

    @rule(at=pick, per_cent=share)
    def claim(self, at: int, per_cent: int) -> None:
        if parcel := chosen(SellerOrder.objects.filter(status="delivered"), at):
            wanted = parcel.total * per_cent // 100
            said = {"words": WORDS, "wanted": wanted, "photos": [], "now": timezone.now()}
            self.attempt(lambda: claims.make_claim(parcel, **said))

    @rule(at=pick, per_cent=st.sampled_from([0, 1, 50, 100]))
    def decide_claim(self, at: int, per_cent: int) -> None:
        """Nought refuses it. The farm's time to answer is over by then."""
        if claim := chosen(Claim.objects.all(), at):
            said: dict[str, Any] = {"words": WORDS, "by": self.maker, "now": claim.answer_by}
            goods = claim.wanted * per_cent // 100
            decide = partial(claims.grant_claim, goods=goods) if goods else claims.refuse_claim
            self.attempt(lambda: decide(claim, **said))

    @rule(at=pick, per_cent=share)
    def desk_gives_back(self, at: int, per_cent: int) -> None:
        if parcel := chosen(SellerOrder.objects.all(), at):
            goods, key = parcel.goods_total * per_cent // 100, f"desk:{next(self.keys)}"
            said = {"kind": Refund.Kind.LINE, "reason": WORDS, "key": key, "goods": goods, "by": self.maker}
            self.attempt(lambda: refund_parcel(parcel, **said))

    @rule(at=pick, agrees=st.booleans())
    def second_person(self, at: int, agrees: bool) -> None:
        if refund := chosen(Refund.objects.filter(state=Refund.State.PROPOSED), at):
            self.attempt(lambda: approve_refund(refund, by=self.approver) if agrees else call_off(refund))

    @rule(at=pick)
    def refund_is_made(self, at: int) -> None:
        """What a person had sent may come back from the bank instead, and is sent to another account."""
        if refund := chosen(Refund.objects.all(), at):
            self.attempt(lambda: self.send_again(refund) if at % 2 else self.send(refund))

    def send(self, refund: Refund) -> None:
        complete_refund(refund, bank_reference=f"FT{refund.pk}", by=self.maker)

    def send_again(self, refund: Refund) -> None:
        if bank_refunds.mark_returned(refund, reason=WORDS):
            account = {"bank_bin": "970415", "number": "0123456789", "holder": "NGUYEN THI LAN"}
            name_account(refund.payment.order_id, **account)
            bank_refunds.release_refund(refund, by=self.approver)
        self.send(refund)

    @rule()
    def pay_out(self) -> None:
        """All that arrived long ago, and nothing of it was long ago: the clock is put back for it."""
        arrived = SellerOrderEvent.objects.filter(status=SellerOrder.Status.DELIVERED)
        arrived.update(at=timezone.now() - farms.LONG_AGO)
        self.attempt(lambda: make_batch(by=self.maker, now=timezone.now()))
        if batch := PayoutBatch.objects.filter(state=PayoutBatch.State.READY).first():
            now = timezone.now()
            self.attempt(lambda: approve_batch(batch, by=self.approver, total=batch.total, now=now))
            self.attempt(lambda: send_batch(batch, by=self.maker, now=now))

    @rule(at=pick, arrived=st.booleans())
    def bank_answers(self, at: int, arrived: bool) -> None:
        if payout := chosen(Payout.objects.all(), at):
            now = timezone.now()
            if arrived:
                self.attempt(lambda: mark_paid(payout, bank_reference=f"FT{payout.pk}", now=now))
            else:
                self.attempt(lambda: mark_returned(payout, reason=WORDS, now=now))

    @invariant()
    def books_agree(self) -> None:
        connection.check_constraints()
        assert sum(Line.objects.values_list("amount", flat=True)) == 0
        found = [difference for difference in find_differences() if difference.check != TOLD_BY_OTHERS]
        assert found == [], found

    @invariant()
    def nothing_is_held_past_its_time(self) -> None:
        """However the attempts to pay ended: the beat has just run where a time was over."""
        held = Reservation.objects.filter(state=Reservation.State.HELD, expires_at__lte=timezone.now())
        assert not held.exists()

    @invariant()
    def stock_is_held_for_somebody(self) -> None:
        states = (Reservation.State.HELD, Reservation.State.CLAIMED)
        rows = Reservation.objects.filter(state__in=states).order_by()
        held = rows.values("stockrecord").annotate(packs=Sum("quantity"))
        wanted = dict(held.values_list("stockrecord", "packs"))
        records = StockRecord.objects.exclude(num_allocated=0)
        assert dict(records.values_list("pk", "num_allocated")) == wanted
        assert not StockRecord.objects.filter(num_in_stock__lt=F("num_allocated")).exists()


class Faulty(Market):
    """A market that counts every transfer twice, and where somebody has paid by one: no luck is needed to see it."""

    @initialize()
    def people(self) -> None:
        super().people()
        self.order(at=0, rail="vietqr", packs=1)
        self.transfer(at=0, per_cent=100)

    def hear(self, message: Message) -> None:
        super().hear(message)
        if payment := Payment.objects.filter(received__gt=0).order_by("pk").last():
            self.attempt(lambda: confirm_payment(payment, amount=1))
