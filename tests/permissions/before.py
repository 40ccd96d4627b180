"""The step before, where a knock only means something after it."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from marketplace.order.models import Order, SellerOrder
from payments.claims.models import CancellationRequest, Claim, ClaimWindow
from payments.claims.services import answer_claim, make_claim
from payments.ledger.accounts import of_market
from payments.ledger.models import Account, Entry
from payments.ledger.posting import Leg, post, reverse
from payments.ledger.postings import bank_fee, money_received, order_paid
from payments.models import Payment, Refund, RefundPolicy, Transfer
from payments.parcel_refunds import refund_parcel
from payments.payouts.bookings import payout_sent
from payments.payouts.models import PayoutAccount, PayoutBatch
from payments.refunds import complete_refund
from tests.factories import (
    make_user,
)
from tests.permissions.world import World

#: the step before, where a POST only means something after it
BEFORE: dict[str, Callable[[World], object]] = {
    "desk:payout_batch_send": lambda world: PayoutBatch.objects.filter(pk=world.batch.pk).update(
        state=PayoutBatch.State.APPROVED, approved_by=make_user("+84912000072"), approved_at=timezone.now()
    ),
    "desk:payout_settle": lambda world: payout_sent(world.payout, occurred_at=timezone.now()),
    "workspace:payout_account_keep": lambda world: PayoutAccount.objects.update(
        usable_from=timezone.now() + timedelta(hours=1)
    ),
    **{
        name: lambda world: _claimed(world)
        for name in ("tracking:claim_withdraw", "desk:claim", "workspace:claim", "desk:claims")
    },
    "desk:claim_decide": lambda world: _answered(world),
    "tracking:claim": lambda world: _delivered(world),
    "desk:claim_write": lambda world: _delivered(world),
    "tracking:refund_account": lambda world: _owed(world),
    "desk:refund_done": lambda world: _to_an_account(limit=500_000),
    "desk:refund_release": lambda world: _to_an_account(limit=0),
    "desk:refund_returned": lambda world: _sent(),
    "desk:transfer_returned": lambda world: _came_back(),
    "desk:entry_take_back": lambda world: bank_fee(
        amount=1_000, key="matrix", occurred_at=timezone.now(), memo="x"
    ),
    "desk:refund_found": lambda world: _late(),
    "desk:refund_not_found": lambda world: _late(),
    "desk:refund_approve": lambda world: _proposed(world),
    "desk:refund_call_off": lambda world: _proposed(world),
    "desk:parcel_cancel": lambda world: _in_the_books(world),
    "desk:parcel_refund": lambda world: _in_the_books(world),
    "desk:cancellation_answer": lambda world: _asked(world),
    "workspace:answer_cancellation": lambda world: _asked(world),
    "workspace:reduce": lambda world: _in_the_books(world),
    "workspace:hand_over": lambda world: _at(world.parcel, SellerOrder.Status.PACKING),
    "workspace:packing_slip": lambda world: _at(world.parcel, SellerOrder.Status.PACKING),
    "workspace:refused": lambda world: _unpaid_on_its_way(world),
    "workspace:came_back": lambda world: _at(world.parcel, SellerOrder.Status.HANDED_OVER),
    "desk:parcel_return": lambda world: _on_its_way_in_the_books(world),
    "workspace:deliver": lambda world: _at(world.parcel, SellerOrder.Status.HANDED_OVER),
}


def _at(parcel: SellerOrder, status: str) -> None:
    SellerOrder.objects.filter(pk=parcel.pk).update(status=status)


def _unpaid_on_its_way(world: World) -> None:
    _at(world.parcel, SellerOrder.Status.HANDED_OVER)
    Order.objects.filter(pk=world.paid.pk).update(paid_at=None)


def _on_its_way_in_the_books(world: World) -> None:
    _in_the_books(world)
    _at(world.parcel, SellerOrder.Status.HANDED_OVER)
    RefundPolicy.objects.create(valid_from="2026-01-01", limit=500_000)


def _in_the_books(world: World) -> None:
    """The paid order's money came in by transfer."""
    now, total = timezone.now(), world.paid.total
    payment = Payment.objects.create(
        order=world.paid,
        provider="vietqr",
        state=Payment.State.CONFIRMED,
        amount=total,
        received=total,
        reference="BPMATRIX1",
        confirmed_at=now,
    )
    money_received(payment, rail="vietqr", amount=total, key="matrix", occurred_at=now)
    order_paid(world.paid, payment)


def _delivered(world: World) -> None:
    _in_the_books(world)
    ClaimWindow.objects.create(valid_from="2026-01-01", hours=48, answer_hours=24, decide_hours=72)
    _at(world.parcel, SellerOrder.Status.DELIVERED)
    world.parcel.events.create(status=SellerOrder.Status.DELIVERED)


def _claimed(world: World) -> None:
    _delivered(world)
    parcel = SellerOrder.objects.get(pk=world.parcel.pk)
    make_claim(parcel, words="dập nát", wanted=50_000, photos=[], now=timezone.now())


def _answered(world: World) -> None:
    _claimed(world)
    answer_claim(Claim.objects.get(), agrees=True, words="", now=timezone.now())


def _proposed(world: World) -> None:
    """Without a policy every refund waits for a second person."""
    _in_the_books(world)
    other = make_user("+84912000073")
    refund_parcel(world.parcel, kind=Refund.Kind.LINE, reason="x", key="line", goods=1_000, by=other)


def _owed(world: World) -> None:
    _in_the_books(world)
    refund_parcel(world.parcel, kind=Refund.Kind.LINE, reason="x", key="line", goods=1_000)


def _sent() -> None:
    refund = Refund.objects.latest("pk")
    complete_refund(refund, bank_reference="FT1", by=make_user("+84912000073"))


def _to_an_account(*, limit: int) -> None:
    RefundPolicy.objects.create(valid_from="2026-01-01", limit=limit)
    Refund.objects.update(bank_bin="970415", account="0123456789", holder="NGUYEN THI LAN")


def _came_back() -> None:
    """Something of ours, of the sum of the transfer."""
    amount = Transfer.objects.latest("pk").amount
    lines = [Leg(of_market(Account.Kind.REFUNDS_PAYABLE), amount), Leg(of_market(Account.Kind.BANK), -amount)]
    sent = post(key="out", kind=Entry.Kind.REFUND_SENT, occurred_at=timezone.now(), lines=lines)
    reverse(sent, key="back", memo="Tài khoản đã đóng")


def _late() -> None:
    """A rail has had it for long."""
    refund = Refund.objects.latest("pk")
    Payment.objects.filter(pk=refund.payment_id).update(provider="momo")
    then = timezone.now() - timedelta(days=9)
    Refund.objects.filter(pk=refund.pk).update(state=Refund.State.IN_TRANSIT, started_at=then)


def _asked(world: World) -> None:
    _in_the_books(world)
    _at(world.parcel, SellerOrder.Status.PACKING)
    CancellationRequest.objects.create(seller_order=world.parcel, answer_by=timezone.now())
