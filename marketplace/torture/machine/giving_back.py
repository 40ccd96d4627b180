"""What is asked back, decided by people and sent back to buyers."""

from functools import partial

from django.db.models import Max
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import rule

from marketplace.order.models import SellerOrder
from marketplace.torture.machine.example import PICK, WORDS, chosen
from marketplace.torture.machine.selling import Selling
from marketplace.torture.people.desk import ACCOUNT, REFUNDS
from payments.claims.models import Claim
from payments.models import Refund, Transfer
from payments.sending import LOOK_AFTER, look_after

SHARE = st.sampled_from([1, 25, 50, 99, 100])
CLAIMS = "/ban-tien/khieu-nai"
VNPAY_TAKES = 11
"""Minutes; by then it has made a refund."""


class GivingBack(Selling):
    @rule(at=PICK, per_cent=SHARE)
    def claim(self, at: int, per_cent: int) -> None:
        """The buyer calls, and the desk writes it down."""
        if parcel := chosen(SellerOrder.objects.filter(status="delivered"), at):
            wanted = parcel.total * per_cent // 100
            self.press(self.stage.maker, f"{CLAIMS}/kien/{parcel.number}/", words=WORDS, wanted=wanted)

    @rule(at=PICK, per_cent=st.sampled_from([0, 1, 50, 100]))
    def decide_claim(self, at: int, per_cent: int) -> None:
        """Nought refuses it. The farm's time to answer is over by then."""
        if claim := chosen(Claim.objects.all(), at):
            Claim.objects.filter(pk=claim.pk).update(answer_by=timezone.now())
            goods = claim.wanted * per_cent // 100
            self.press(self.stage.maker, f"{CLAIMS}/{claim.pk}/quyet/", words=WORDS, goods=goods)

    @rule(at=PICK, per_cent=SHARE, whose=st.sampled_from(["farm", "farm", "market"]))
    def desk_gives_back(self, at: int, per_cent: int, whose: str) -> None:
        if parcel := chosen(SellerOrder.objects.all(), at):
            said = {"from_market": "on"} if whose == "market" else {}
            goods = parcel.goods_total * per_cent // 100
            path = f"{REFUNDS}/kien/{parcel.number}/"
            self.press(self.stage.maker, path, reason=WORDS, goods=goods, token=self.token(), **said)

    @rule(at=PICK, agrees=st.booleans())
    def second_person(self, at: int, agrees: bool) -> None:
        if refund := chosen(Refund.objects.filter(state=Refund.State.PROPOSED), at):
            self.press(self.stage.approver, f"{REFUNDS}/{refund.pk}/{'duyet' if agrees else 'bo'}/")

    @rule(at=PICK)
    def refund_is_made(self, at: int) -> None:
        """What was sent may come back from the bank instead, and is sent to another account."""
        if refund := chosen(Refund.objects.select_related("payment__order"), at):
            if at % 2:
                self.comes_back(refund)
            self.send(refund)

    def send(self, refund: Refund) -> None:
        """By a person, once the buyer has said where to and another person agrees."""
        self.buyer_presses(refund.payment.order.number, "tai-khoan-nhan/", **ACCOUNT)
        self.press(self.stage.approver, f"{REFUNDS}/{refund.pk}/dong-y-chuyen/")
        self.press(self.stage.maker, f"{REFUNDS}/{refund.pk}/da-tra/", bank_reference=f"FT{refund.pk}")

    def comes_back(self, refund: Refund) -> None:
        seen = Transfer.objects.aggregate(last=Max("pk", default=0))["last"]
        self.press(
            self.stage.maker, f"{REFUNDS}/{refund.pk}/ngan-hang-tra-ve/", reason="Tài khoản đóng", seen=seen
        )

    @rule()
    def vnpay_gives_back(self) -> None:
        """What it was asked to, and the beat has it asked whether it has."""
        self.happens(partial(self.stage.vnpay.advance, VNPAY_TAKES))
        self.happens(lambda: look_after(timezone.now() + LOOK_AFTER))
