"""What buyers, rails and farms do."""

from datetime import timedelta
from functools import partial

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import rule

from marketplace.order.carriers import Carrier
from marketplace.order.models import Line, SellerOrder
from marketplace.torture.given.overdue import run_out
from marketplace.torture.machine.example import PICK, WORDS, Example, chosen
from marketplace.torture.people.guest import Guest
from marketplace.torture.rails.pretended import Refused
from marketplace.torture.rails.transfers import book_transfer
from payments.claims.models import CancellationRequest
from payments.models import Payment
from payments.services import expire_unpaid

Status = SellerOrder.Status
STEPS = (Status.PACKING, Status.HANDED_OVER, Status.DELIVERED)
AFTER = dict(zip((Status.NEW, *STEPS), STEPS, strict=False))
NEXT = ""
"""The step that comes after the one that a parcel is at; others are tried too."""
BUTTONS = {
    Status.PACKING: "nhan",
    Status.HANDED_OVER: "giao",
    Status.DELIVERED: "da-giao",
    Status.CANCELLED: "huy",
}
CARRIERS = st.sampled_from([Carrier.VIETTEL_POST, Carrier.GHN, Carrier.OWN])
PAID = "paid"


class Selling(Example):
    @rule(
        at=PICK,
        rail=st.sampled_from(["vietqr", "vietqr", "vnpay", "cash_on_delivery"]),
        packs=st.integers(1, 3),
    )
    def order(self, at: int, rail: str, packs: int) -> None:
        """Who is to pay by VNPAY opens its page."""
        guest = Guest(self.stage.market)
        try:
            form = guest.fill_in_checkout(self.stage.shelf[at % len(self.stage.shelf)], packs)
        except LookupError:
            return
        form.fields["payment"] = rail
        number = guest.press(form).where.partition("/don-hang/")[2].partition("/")[0]
        if number:
            self.buyers[number] = guest
            self.happens(partial(self.open_page, number) if rail == "vnpay" else list)

    def open_page(self, number: str) -> None:
        payment = Payment.objects.get(order__number=number)
        self.buyers[number].answer(payment.instructions["redirect_url"])

    @rule(at=PICK, per_cent=st.sampled_from([50, 100, 100, 130]))
    def transfer(self, at: int, per_cent: int) -> None:
        if payment := chosen(Payment.objects.filter(provider="vietqr"), at):
            self.arrives(payment.reference, payment.amount * per_cent // 100)

    def arrives(self, memo: str, amount: int, reference: str = "") -> None:
        self.happens(partial(book_transfer, self.stage.bank, memo, amount, reference=reference))

    @rule(at=PICK, state=st.sampled_from([PAID, PAID, "cancelled", "reversed"]))
    def report(self, at: int, state: str) -> None:
        if payment := chosen(Payment.objects.filter(provider="vnpay"), at):
            self.happens(partial(self.vnpay_tells, payment.reference, state))

    def vnpay_tells(self, reference: str, state: str) -> None:
        """The first time that somebody pays he really does; whatever else it says contradicts itself."""
        if state == PAID and reference not in self.paid:
            self.paid.add(reference)
            try:
                self.stage.vnpay.pay(reference)
            except Refused:  # VNPAY's own time to pay is over
                self.stage.vnpay.say(reference, state)
        else:
            self.stage.vnpay.say(reference, state)

    @rule(at=PICK, rail=st.sampled_from(["vietqr", "cash_on_delivery"]))
    def pay_otherwise(self, at: int, rail: str) -> None:
        if payment := chosen(Payment.objects.select_related("order"), at):
            self.buyer_presses(payment.order.number, "tra-tien/cach-khac/", provider=rail)

    def buyer_presses(self, number: str, button: str, /, **fields: object) -> None:
        self.press(self.buyers[number], f"/don-hang/{number}/{button}", **fields)

    @rule(at=PICK)
    def expire(self, at: int) -> None:
        if payment := chosen(Payment.objects.all(), at):
            run_out([payment])
            self.happens(partial(expire_unpaid, timezone.now() + timedelta(seconds=1)))

    def farm_presses(self, parcel: SellerOrder, button: str, /, **fields: object) -> None:
        owner = self.stage.farmers[parcel.partner_id]
        self.press(owner, f"/ban-hang/don/{parcel.number}/{button}/", **fields)

    @rule(at=PICK, to=st.sampled_from([NEXT, NEXT, NEXT, *STEPS, Status.CANCELLED]), carrier=CARRIERS)
    def farm_moves(self, at: int, to: str, carrier: str) -> None:
        if parcel := chosen(SellerOrder.objects.all(), at):
            button = BUTTONS[Status(to or AFTER.get(parcel.status, Status.PACKING))]
            self.farm_presses(parcel, button, carrier=carrier, tracking_number=f"VD{parcel.pk}", note=WORDS)

    @rule(at=PICK)
    def nobody_opens_the_door(self, at: int) -> None:
        if parcel := chosen(SellerOrder.objects.filter(status=Status.HANDED_OVER), at):
            self.farm_presses(parcel, "khong-nhan")

    @rule(at=PICK)
    def a_paid_parcel_comes_back(self, at: int) -> None:
        """The farm says so, or the desk."""
        if parcel := chosen(SellerOrder.objects.filter(status=Status.HANDED_OVER), at):
            if at % 2:
                self.farm_presses(parcel, "tro-ve", note=WORDS)
            else:
                self.press(
                    self.stage.maker, f"/ban-tien/hoan-tien/kien/{parcel.number}/tro-ve/", reason=WORDS
                )

    @rule(at=PICK)
    def buyer_takes_back(self, at: int) -> None:
        """Asks for it, once it is being packed."""
        if parcel := chosen(SellerOrder.objects.select_related("order"), at):
            self.buyer_presses(parcel.order.number, f"huy/{parcel.number}/", note=WORDS)

    @rule(at=PICK, agrees=st.booleans())
    def cancelling_is_answered(self, at: int, agrees: bool) -> None:
        """By the farm, or by the desk."""
        if request := chosen(CancellationRequest.objects.select_related("seller_order"), at):
            if at % 2:
                self.farm_presses(request.seller_order, "tra-loi-huy", agree=int(agrees), words=WORDS)
            else:
                said = {"agree": "on"} if agrees else {}
                self.press(self.stage.maker, f"/ban-tien/khieu-nai/huy/{request.pk}/", words=WORDS, **said)

    @rule(at=PICK, packs=st.integers(0, 2), grams=st.sampled_from([0, 100]))
    def less_comes(self, at: int, packs: int, grams: int) -> None:
        if line := chosen(Line.objects.select_related("seller_order"), at):
            weight = f"{grams} g" if grams else ""
            self.farm_presses(
                line.seller_order, "thieu", line=line.pk, packs=packs, grams=weight, reason=WORDS
            )
