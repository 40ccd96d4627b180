"""What is asked back, decided by people and sent back to buyers."""

from functools import partial
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import rule

from marketplace.order.models import SellerOrder
from marketplace.torture.machine.example import PICK, WORDS, Example, chosen
from payments import bank_refunds
from payments.claims import services as claims
from payments.claims.models import Claim
from payments.models import Refund
from payments.parcel_refunds import approve_refund, call_off, name_account, refund_parcel
from payments.refunds import complete_refund, settle_refund

SHARE = st.sampled_from([1, 25, 50, 99, 100])


class GivingBack(Example):
    @rule(at=PICK, per_cent=SHARE)
    def claim(self, at: int, per_cent: int) -> None:
        if parcel := chosen(SellerOrder.objects.filter(status="delivered"), at):
            wanted = parcel.total * per_cent // 100
            said = {"words": WORDS, "wanted": wanted, "photos": [], "now": timezone.now()}
            self.attempt(lambda: claims.make_claim(parcel, **said))

    @rule(at=PICK, per_cent=st.sampled_from([0, 1, 50, 100]))
    def decide_claim(self, at: int, per_cent: int) -> None:
        """Nought refuses it. The farm's time to answer is over by then."""
        if claim := chosen(Claim.objects.all(), at):
            said: dict[str, Any] = {"words": WORDS, "by": self.maker, "now": claim.answer_by}
            goods = claim.wanted * per_cent // 100
            decide = partial(claims.grant_claim, goods=goods) if goods else claims.refuse_claim
            self.attempt(lambda: decide(claim, **said))

    @rule(at=PICK, per_cent=SHARE)
    def desk_gives_back(self, at: int, per_cent: int) -> None:
        if parcel := chosen(SellerOrder.objects.all(), at):
            goods, key = parcel.goods_total * per_cent // 100, f"desk:{next(self.keys)}"
            said = {"kind": Refund.Kind.LINE, "reason": WORDS, "key": key, "goods": goods, "by": self.maker}
            self.attempt(lambda: refund_parcel(parcel, **said))

    @rule(at=PICK, agrees=st.booleans())
    def second_person(self, at: int, agrees: bool) -> None:
        if refund := chosen(Refund.objects.filter(state=Refund.State.PROPOSED), at):
            self.attempt(lambda: approve_refund(refund, by=self.approver) if agrees else call_off(refund))

    @rule(at=PICK)
    def refund_is_made(self, at: int) -> None:
        """What was sent may come back from the bank instead, and is sent to another account."""
        if refund := chosen(Refund.objects.all(), at):
            self.attempt(lambda: self.send_again(refund) if at % 2 else self.send(refund))

    def send(self, refund: Refund) -> None:
        """By the rail of cards the first time, else by a person."""
        if refund.payment.provider == "vnpay" and not refund.came_back:
            settle_refund(refund, provider_reference=f"VN{refund.pk}")
        else:
            complete_refund(refund, bank_reference=f"FT{refund.pk}", by=self.maker)

    def send_again(self, refund: Refund) -> None:
        if bank_refunds.mark_returned(refund, reason=WORDS):
            account = {"bank_bin": "970415", "number": "0123456789", "holder": "NGUYEN THI LAN"}
            name_account(refund.payment.order_id, **account)
            bank_refunds.release_refund(refund, by=self.approver)
        self.send(refund)
