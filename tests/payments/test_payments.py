"""One attempt to pay: opening it, letting it fail, expire, or be replaced."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from farmers.partner.models import StockRecord
from marketplace.order import services as orders
from marketplace.order.models import Order, Reservation, SellerOrder
from marketplace.order.services import move
from marketplace.outbox.delivery import deliver_due
from payments.exceptions import CannotSwitch, ImpossibleMove
from payments.models import Payment
from payments.parcel_refunds import give_back_parcel
from payments.providers.base import DeclinedPayment, Reason
from payments.providers.registry import UnknownCode
from payments.providers.vietqr.memo import find_code
from payments.providers.vietqr.payload import parse
from payments.refunds import owe_back
from payments.services import confirm_payment, expire_unpaid, fail_payment, open_payment
from payments.ways import offer, switch_provider
from tests.payments.orders import TOTAL, make_order, make_payment, reread

pytestmark = pytest.mark.django_db
State = Payment.State


def codes(total: int) -> list[str]:
    return [way.code for way in offer(total).ways]


def test_an_opened_payment_ends_five_minutes_before_the_goods_go() -> None:
    order = make_order()
    payment = open_payment(order=order, provider="vietqr")
    assert (payment.state, payment.amount, payment.currency) == (State.PENDING, TOTAL, "VND")
    assert payment.expires_at == order.date_placed + timedelta(minutes=15)
    assert order.expires_at == order.date_placed + timedelta(minutes=20)
    assert find_code(payment.reference) == payment.reference
    qr = parse(payment.instructions["qr_payload"])
    assert (qr.amount, qr.purpose) == (TOTAL, payment.reference)


def test_an_attempt_for_an_order_that_no_longer_waits_has_a_time_of_its_own() -> None:
    order = make_order()
    order.expires_at = None
    payment = make_payment(order)
    assert payment.expires_at is not None
    assert timedelta(minutes=14) < payment.expires_at - timezone.now() <= timedelta(minutes=15)


def test_cash_has_a_cap_and_bank_transfers_a_range(settings: object) -> None:
    assert codes(500) == ["cash_on_delivery"]
    assert codes(3_000_000) == ["vietqr", "cash_on_delivery"]
    assert codes(3_000_001) == ["vietqr"]
    assert codes(500_000_000) == []


def test_a_payment_is_not_opened_where_it_cannot_be_taken() -> None:
    with pytest.raises(DeclinedPayment):
        open_payment(order=make_order(3_000_001), provider="cash_on_delivery")
    with pytest.raises(UnknownCode):
        open_payment(order=make_order(), provider="barter")
    assert not Payment.objects.exists()


@pytest.mark.parametrize("before", list(State))
@pytest.mark.parametrize("after", list(State))
def test_states_change_by_the_table_only(before: str, after: str) -> None:
    payment = make_payment(state=before, confirmed_at=timezone.now())
    if after in Payment.TRANSITIONS[State(before)]:
        payment.move(State(after))
        assert reread(payment).state == after
    else:
        with pytest.raises(ImpossibleMove):
            payment.move(State(after))
        assert reread(payment).state == before


def test_nothing_undoes_a_success() -> None:
    assert Payment.TRANSITIONS[State.CONFIRMED] == ()
    payment = make_payment()
    confirm_payment(payment, amount=TOTAL)
    assert not fail_payment(payment)
    assert expire_unpaid(timezone.now() + timedelta(days=1)) == 0
    assert reread(payment).state == State.CONFIRMED
    assert reread(payment).order.status == Order.Status.CONFIRMED


def test_a_failed_attempt_leaves_the_order_open_for_another() -> None:
    payment = make_payment()
    assert fail_payment(payment)
    assert reread(payment).state == State.FAILED
    assert reread(payment).order.status == Order.Status.PENDING_PAYMENT
    again = switch_provider(order=payment.order, provider="vietqr")
    assert again.pk != payment.pk
    assert again.is_open


def test_two_confirmed_attempts_are_refused_by_the_database() -> None:
    order = make_order()
    make_payment(order, state=State.CONFIRMED, confirmed_at=timezone.now())
    with pytest.raises(IntegrityError, match="one_confirmed_payment_per_order"), transaction.atomic():
        make_payment(order, state=State.CONFIRMED, confirmed_at=timezone.now())


# --- expiry ---------------------------------------------------------------------------------------------
def expire(now: datetime | None) -> int:
    """The beat at that moment."""
    assert now
    with time_machine.travel(now):
        return expire_unpaid(now)


def test_an_unpaid_order_ends_five_minutes_after_its_last_attempt_once() -> None:
    payment = make_payment()
    over = payment.order.expires_at
    assert payment.expires_at and over
    assert expire(payment.expires_at - timedelta(seconds=1)) == 0
    assert reread(payment).state == State.PENDING
    assert [expire(payment.expires_at), expire(payment.expires_at)] == [1, 0]
    assert (reread(payment).state, reread(payment).order.status) == (
        State.EXPIRED,
        Order.Status.PENDING_PAYMENT,
    )
    assert Reservation.objects.get().state == Reservation.State.HELD
    assert [expire(over - timedelta(seconds=1)), expire(over), expire(over)] == [0, 1, 0]
    assert (reread(payment).state, reread(payment).order.status) == (State.EXPIRED, Order.Status.EXPIRED)
    assert Reservation.objects.get().state == Reservation.State.RELEASED


@pytest.mark.parametrize("reason", [Reason.REFUSED, Reason.UNREACHABLE])
def test_an_unpaid_order_ends_whatever_became_of_its_attempts(reason: Reason) -> None:
    payment = make_payment()
    fail_payment(payment, reason=reason)
    over = payment.order.expires_at
    assert over
    assert expire(over - timedelta(seconds=1)) == 0
    assert reread(payment).order.status == Order.Status.PENDING_PAYMENT
    assert [expire(over), expire(over)] == [1, 0]
    assert (reread(payment).state, reread(payment).order.status) == (State.FAILED, Order.Status.EXPIRED)
    assert Reservation.objects.get().state == Reservation.State.RELEASED
    assert StockRecord.objects.get().num_allocated == 0


def test_whose_code_ran_out_takes_a_fresh_one_and_money_for_the_old_still_counts() -> None:
    first = make_payment()
    assert first.expires_at
    with time_machine.travel(first.expires_at + timedelta(minutes=1), tick=False):
        expire_unpaid(timezone.now())
        second = switch_provider(order=first.order, provider="vietqr")
        assert (second.pk != first.pk, second.state, second.amount) == (True, State.PENDING, TOTAL)
        assert second.expires_at == timezone.now() + timedelta(minutes=10)
        confirm_payment(first, amount=TOTAL)
    assert (reread(first).state, reread(second).state) == (State.CONFIRMED, State.CANCELLED)
    assert reread(first).order.status == Order.Status.CONFIRMED


def test_a_code_that_ran_out_is_renewed_before_the_beat_has_noticed() -> None:
    first = make_payment()
    assert first.expires_at
    with time_machine.travel(first.expires_at, tick=False):
        second = switch_provider(order=first.order, provider="vietqr")
    assert (reread(first).state, second.state) == (State.EXPIRED, State.PENDING)


def test_trying_again_and_again_holds_the_goods_for_45_minutes_at_most() -> None:
    order = make_payment().order
    for minutes in (16, 27, 38):
        with time_machine.travel(order.date_placed + timedelta(minutes=minutes), tick=False):
            expire_unpaid(timezone.now())
            attempt = switch_provider(order=order, provider="vietqr")
    assert attempt.expires_at == reread(attempt).order.expires_at == order.date_placed + timedelta(minutes=45)


def test_who_has_sent_a_part_sends_the_rest_for_as_long_as_the_goods_are_held() -> None:
    payment = make_payment()
    confirm_payment(payment, amount=100_000)
    assert reread(payment).expires_at == reread(payment).order.expires_at
    assert reread(payment).expires_at == payment.order.date_placed + timedelta(minutes=20)


def test_a_part_that_comes_just_after_the_time_to_pay_counts_while_the_goods_are_held() -> None:
    payment = make_payment()
    assert payment.expires_at and payment.order.expires_at
    with time_machine.travel(payment.expires_at + timedelta(seconds=30), tick=False):
        expire_unpaid(timezone.now())
        assert reread(payment).state == "expired"
        landing = confirm_payment(payment, amount=100_000)
        assert (landing.outcome, landing.surplus, reread(payment).state) == ("partial", 0, "pending")
        confirm_payment(payment, amount=TOTAL - 100_000)
        assert reread(payment).state == "confirmed"


def test_a_part_for_a_code_that_ran_out_goes_back_once_the_buyer_has_begun_anew() -> None:
    payment = make_payment()
    assert payment.expires_at
    with time_machine.travel(payment.expires_at + timedelta(seconds=30), tick=False):
        expire_unpaid(timezone.now())
        switch_provider(order=payment.order, provider="vietqr")
        landing = confirm_payment(payment, amount=100_000)
        assert (landing.outcome, landing.surplus) == ("late", 100_000)
        owe_back(payment=payment, amount=100_000, reason="x", key="x")
        Payment.objects.exclude(pk=payment.pk).update(state=Payment.State.FAILED)
        landing = confirm_payment(payment, amount=30_000)
    assert (landing.outcome, reread(payment).state) == ("late", "expired")


def test_who_tries_again_just_before_the_beat_keeps_the_goods() -> None:
    payment = make_payment()
    fail_payment(payment)
    over = payment.order.expires_at
    assert over
    with time_machine.travel(over + timedelta(seconds=30), tick=False):
        again = switch_provider(order=payment.order, provider="vietqr")
        assert again.expires_at == timezone.now() + timedelta(minutes=10)
        assert reread(again).order.expires_at == timezone.now() + timedelta(minutes=15)
        assert expire_unpaid(timezone.now()) == 0


def test_cash_that_nobody_accepted_ends_although_a_transfer_is_tried() -> None:
    cash = make_payment(provider="cash_on_delivery")
    with time_machine.travel(cash.expires_at - timedelta(minutes=1)):
        qr = switch_provider(order=cash.order, provider="vietqr")
        Payment.objects.filter(pk=qr.pk).update(expires_at=timezone.now() + timedelta(minutes=15))
    assert expire(cash.expires_at) == 1
    assert reread(cash).order.status == Order.Status.EXPIRED
    assert {reread(one).state for one in (cash, qr)} == {State.EXPIRED}
    assert Reservation.objects.get().state == Reservation.State.RELEASED


def test_an_order_lives_while_another_attempt_does() -> None:
    order = make_order()
    old = make_payment(order, expires_at=timezone.now() - timedelta(minutes=1))
    make_payment(order)
    assert expire(timezone.now()) == 1
    assert reread(old).state == State.EXPIRED
    assert reread(old).order.status == Order.Status.PENDING_PAYMENT


def test_an_order_that_cannot_be_ended_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, fine = make_payment(), make_payment(make_order())
    real = orders.expire

    def expire_but_one(order: Order) -> bool:
        if order.pk == stuck.order_id:
            raise OperationalError("canceling statement due to lock timeout")
        return real(order)

    monkeypatch.setattr(orders, "expire", expire_but_one)
    assert expire(fine.order.expires_at) == 1
    assert (reread(stuck).state, reread(fine).state) == (State.PENDING, State.EXPIRED)


def test_cash_for_an_order_that_nobody_accepted_ends_with_it() -> None:
    cash = make_payment(provider="cash_on_delivery")
    assert cash.expires_at and cash.expires_at > timezone.now() + timedelta(hours=23)
    assert expire(cash.expires_at) == 1
    assert (reread(cash).state, reread(cash).order.status) == (State.EXPIRED, Order.Status.EXPIRED)


def test_cash_for_an_accepted_order_waits_without_a_clock() -> None:
    cash = make_payment(provider="cash_on_delivery")
    move(cash.order.seller_orders.get(), "packing")
    assert expire(cash.expires_at) == 1
    assert (reread(cash).state, reread(cash).expires_at) == (State.PENDING, None)
    assert expire(timezone.now() + timedelta(days=9)) == 0


def test_cash_for_an_order_cancelled_while_packing_ends_too() -> None:
    cash = make_payment(provider="cash_on_delivery")
    parcel = cash.order.seller_orders.get()
    move(parcel, "packing")
    move(parcel, "cancelled", note="Mất mùa")
    assert expire(timezone.now()) == 1
    assert reread(cash).state == State.EXPIRED


# --- cash at the door -----------------------------------------------------------------------------------
def deliver(parcel: SellerOrder) -> None:
    for step in ("packing", "handed_over", "delivered"):
        move(parcel, step)
    deliver_due()


def test_cash_is_confirmed_when_every_parcel_has_brought_its_part() -> None:
    order = make_order(150_000, 90_000, provider="cash_on_delivery")
    cash = make_payment(order, provider="cash_on_delivery")
    first, second = order.seller_orders.order_by("pk")
    deliver(first)
    assert (reread(cash).state, reread(cash).received) == (State.PENDING, 150_000)
    deliver(second)
    assert (reread(cash).state, reread(cash).received) == (State.CONFIRMED, 240_000)


def test_a_cancelled_parcel_brings_no_cash_and_is_not_waited_for() -> None:
    order = make_order(150_000, 90_000, provider="cash_on_delivery")
    cash = make_payment(order, provider="cash_on_delivery")
    first, second = order.seller_orders.order_by("pk")
    move(second, "cancelled", note="Mất mùa")
    deliver(first)
    assert (reread(cash).state, reread(cash).received) == (State.CONFIRMED, 150_000)


# --- another way ------------------------------------------------------------------------------------------
def test_a_transfer_can_be_turned_into_cash() -> None:
    qr = make_payment()
    cash = switch_provider(order=qr.order, provider="cash_on_delivery")
    order = reread(cash).order
    assert (reread(qr).state, cash.state) == (State.CANCELLED, State.PENDING)
    assert (order.status, order.payment_method) == (Order.Status.CONFIRMED, "cash_on_delivery")
    assert cash.expires_at == order.expires_at
    assert cash.expires_at and cash.expires_at > timezone.now() + timedelta(hours=23)


def test_cash_stays_possible_while_a_transfer_is_tried() -> None:
    cash = make_payment(provider="cash_on_delivery")
    qr = switch_provider(order=cash.order, provider="vietqr")
    assert (reread(cash).state, qr.provider, qr.state) == (State.PENDING, "vietqr", State.PENDING)
    assert switch_provider(order=cash.order, provider="cash_on_delivery") == cash
    assert reread(qr).state == State.CANCELLED


def test_a_transfer_instead_of_cash_pays_the_order() -> None:
    cash = make_payment(provider="cash_on_delivery")
    qr = switch_provider(order=cash.order, provider="vietqr")
    confirm_payment(qr, amount=TOTAL)
    assert (reread(qr).state, reread(cash).state) == (State.CONFIRMED, State.CANCELLED)
    assert reread(qr).order.paid_at is not None


def test_choosing_the_same_way_again_keeps_its_code() -> None:
    payment = make_payment()
    assert switch_provider(order=payment.order, provider="vietqr") == payment


def test_switching_is_refused_with_a_reason() -> None:
    paid, part, ended = make_payment(), make_payment(make_order()), make_payment(make_order())
    over_cap = make_payment(make_order(3_000_001))
    confirm_payment(paid, amount=TOTAL)
    confirm_payment(part, amount=1_000)
    orders.expire(ended.order)
    refused = [(paid, "vietqr"), (part, "cash_on_delivery"), (ended, "cash_on_delivery")]
    for payment, provider in [*refused, (over_cap, "cash_on_delivery"), (over_cap, "barter")]:
        with pytest.raises(CannotSwitch, match=r"\w"):
            switch_provider(order=payment.order, provider=provider)
    assert reread(over_cap).state == State.PENDING


# --- parcels that are not delivered after all ---------------------------------------------------------------
def test_a_parcel_cancelled_after_payment_goes_back_once() -> None:
    order = make_order(150_000, 90_000)
    payment = make_payment(order)
    confirm_payment(payment, amount=240_000)
    parcel = order.seller_orders.order_by("pk")[1]
    move(parcel, "cancelled", note="Mất mùa")
    deliver_due()
    give_back_parcel({"seller_order": parcel.pk})
    (refund,) = payment.refunds.all()
    assert (refund.amount, refund.state) == (90_000, "created")
    assert parcel.number in refund.reason


def test_a_parcel_cancelled_before_payment_is_not_kept_money_for() -> None:
    order = make_order(150_000, 90_000)
    payment = make_payment(order)
    move(order.seller_orders.order_by("pk")[1], "cancelled", note="Mất mùa")
    landing = confirm_payment(payment, amount=240_000)
    assert (landing.outcome, landing.surplus) == ("over", 90_000)


def test_an_attempt_asks_only_for_parcels_still_to_come() -> None:
    order = make_order(150_000, 90_000, provider="cash_on_delivery")
    move(order.seller_orders.order_by("pk")[1], "cancelled", note="Mất mùa")
    assert make_payment(order).amount == 150_000
