"""What buyers, rails and farms do."""

import random
from datetime import timedelta
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import rule

from marketplace.order.carriers import Carrier
from marketplace.order.models import Line, SellerOrder
from marketplace.order.services import come_back, move, refuse_at_door, take_back
from marketplace.torture import bank, vnpay
from marketplace.torture.buying import placed_orders, run_out
from marketplace.torture.machine.example import PICK, WORDS, Example, chosen
from payments.claims import cancelling, reducing
from payments.claims.models import CancellationRequest
from payments.models import Payment
from payments.services import expire_unpaid
from payments.ways import switch_provider

Status = SellerOrder.Status
STEPS = (Status.PACKING, Status.HANDED_OVER, Status.DELIVERED)
AFTER = dict(zip((Status.NEW, *STEPS), STEPS, strict=False))
NEXT = ""
"""The step that comes after the one that a parcel is at; others are tried too."""
CARRIERS = st.sampled_from([Carrier.VIETTEL_POST, Carrier.GHN, Carrier.OWN])


class Selling(Example):
    @rule(
        at=PICK,
        rail=st.sampled_from(["vietqr", "vietqr", "vnpay", "cash_on_delivery"]),
        packs=st.integers(1, 3),
    )
    def order(self, at: int, rail: str, packs: int) -> None:
        dice = random.Random(f"{at}:{next(self.keys)}")
        shelf = [self.shelf[at % len(self.shelf)]]
        self.attempt(lambda: placed_orders(1, dice, rail=rail, shelf=shelf, packs=packs))

    @rule(at=PICK, per_cent=st.sampled_from([50, 100, 100, 130]))
    def transfer(self, at: int, per_cent: int) -> None:
        if payment := chosen(Payment.objects.filter(provider="vietqr"), at):
            self.hear(bank.transfer(payment.reference, payment.amount * per_cent // 100))

    @rule(at=PICK, codes=st.sampled_from([vnpay.PAID, vnpay.PAID, vnpay.CANCELLED, vnpay.REVERSED]))
    def report(self, at: int, codes: tuple[str, str]) -> None:
        if payment := chosen(Payment.objects.filter(provider="vnpay"), at):
            self.hear(vnpay.report(payment, codes, kind=""))

    @rule(at=PICK, rail=st.sampled_from(["vietqr", "cash_on_delivery"]))
    def pay_otherwise(self, at: int, rail: str) -> None:
        if payment := chosen(Payment.objects.all(), at):
            self.attempt(lambda: switch_provider(order=payment.order, provider=rail))

    @rule(at=PICK)
    def expire(self, at: int) -> None:
        if payment := chosen(Payment.objects.all(), at):
            run_out([payment])
            self.attempt(lambda: expire_unpaid(timezone.now() + timedelta(seconds=1)))

    @rule(at=PICK, to=st.sampled_from([NEXT, NEXT, NEXT, *STEPS, Status.CANCELLED]), carrier=CARRIERS)
    def farm_moves(self, at: int, to: str, carrier: str) -> None:
        if parcel := chosen(SellerOrder.objects.all(), at):
            to = to or AFTER.get(parcel.status, Status.PACKING)
            self.attempt(lambda: move(parcel, to, actor=self.maker, note=WORDS, carrier=carrier))

    @rule(at=PICK)
    def nobody_opens_the_door(self, at: int) -> None:
        if parcel := chosen(SellerOrder.objects.filter(status=Status.HANDED_OVER), at):
            self.attempt(lambda: refuse_at_door(parcel, actor=self.maker))

    @rule(at=PICK)
    def a_paid_parcel_comes_back(self, at: int) -> None:
        if parcel := chosen(SellerOrder.objects.filter(status=Status.HANDED_OVER), at):
            self.attempt(lambda: come_back(parcel, actor=self.maker, reason=WORDS))

    @rule(at=PICK)
    def buyer_takes_back(self, at: int) -> None:
        if parcel := chosen(SellerOrder.objects.all(), at):
            self.attempt(lambda: take_back(parcel, actor=None, reason=WORDS))

    @rule(at=PICK, packs=st.integers(0, 2), grams=st.sampled_from([0, 100]))
    def less_comes(self, at: int, packs: int, grams: int) -> None:
        line = chosen(Line.objects.all(), at)
        if line and packs + grams:
            less: dict[str, Any] = {"packs": packs, "grams": grams, "reason": WORDS, "by": self.maker}
            self.attempt(lambda: reducing.reduce_line(line, **less))

    @rule(at=PICK, answer=st.sampled_from([None, True, False]))
    def ask_to_cancel(self, at: int, answer: bool | None) -> None:
        now = timezone.now()
        if answer is None and (parcel := chosen(SellerOrder.objects.all(), at)):
            self.attempt(lambda: cancelling.ask(parcel, reason=WORDS, now=now))
        elif request := chosen(CancellationRequest.objects.all(), at):
            said: dict[str, Any] = {"agree": bool(answer), "words": WORDS, "by": self.maker, "now": now}
            self.attempt(lambda: cancelling.answer(request, **said))
