"""From SePay's request to where the money ends, through the real door."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from marketplace.order.models import Order, Reservation
from marketplace.order.services import move
from marketplace.outbox.delivery import deliver_due
from payments.audit.services import find_differences
from payments.ledger.models import Entry
from payments.models import Notification, Payment, Refund, Transfer
from payments.providers.vietqr.payload import parse
from payments.reconciliation.models import Item
from payments.services import expire_unpaid
from tests.payments.orders import TOTAL, bank_says, make_order, make_payment, notify, reread, sell_out

pytestmark = pytest.mark.django_db


class Bank:
    """SePay at the door; whatever must happen after the commit happens before ``tells`` returns."""

    def __init__(self, client: Client, on_commit: DjangoCaptureOnCommitCallbacks) -> None:
        self.client, self.on_commit = client, on_commit

    def tells(self, body: bytes, *, secret: str = "", age: int = 0) -> int:
        with self.on_commit(execute=True):
            status: int = notify(self.client, body, secret=secret, age=age).status_code
        return status

    def expires(self, payment: Payment) -> None:
        """The beat runs after the time of the payment and of its order."""
        over = reread(payment).order.expires_at
        assert over
        with time_machine.travel(over), self.on_commit(execute=True):
            assert expire_unpaid(over) == 1

    def transfers(self, payment: Payment, amount: int = TOTAL) -> Transfer:
        assert self.tells(bank_says(payment.reference, amount)) == 200
        return Transfer.objects.latest("pk")


@pytest.fixture
def bank(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Bank:
    return Bank(Client(enforce_csrf_checks=True), django_capture_on_commit_callbacks)


def refunds_of(payment: Payment) -> list[tuple[int, str]]:
    return list(payment.refunds.order_by("pk").values_list("amount", "state"))


def test_the_exact_amount_pays_the_order(bank: Bank) -> None:
    payment = make_payment()
    transfer = bank.transfers(payment)
    payment = reread(payment)
    assert (payment.state, payment.received, payment.missing) == ("confirmed", TOTAL, 0)
    assert payment.order.status == Order.Status.CONFIRMED
    assert payment.order.paid_at is not None
    assert (transfer.outcome, transfer.surplus, transfer.payment) == ("exact", 0, payment)
    assert refunds_of(payment) == []
    assert not Transfer.objects.to_settle().exists()


def test_less_keeps_the_order_open_and_asks_for_the_rest(bank: Bank) -> None:
    payment = make_payment()
    assert bank.transfers(payment, 100_000).outcome == "partial"
    payment = reread(payment)
    assert (payment.state, payment.missing) == ("pending", 50_000)
    assert payment.order.status == Order.Status.PENDING_PAYMENT
    rest = parse(payment.instructions["qr_payload"])
    assert (rest.amount, rest.purpose) == (50_000, payment.reference)
    assert bank.transfers(payment, 50_000).outcome == "exact"
    assert reread(payment).state == "confirmed"


def test_more_pays_the_order_and_gives_the_rest_back(bank: Bank) -> None:
    payment = make_payment()
    transfer = bank.transfers(payment, 170_000)
    assert (transfer.outcome, transfer.surplus) == ("over", 20_000)
    assert reread(payment).state == "confirmed"
    assert refunds_of(payment) == [(20_000, "created")]
    assert "20.000" in mail.outbox[-1].subject
    assert "/ban-tien/hoan-tien/" in mail.outbox[-1].body


def test_the_second_transfer_for_a_paid_order_goes_back_whole(bank: Bank) -> None:
    payment = make_payment()
    bank.transfers(payment)
    second = bank.transfers(payment)
    assert (second.outcome, second.surplus) == ("duplicate", TOTAL)
    assert refunds_of(payment) == [(TOTAL, "created")]
    assert Payment.objects.filter(state="confirmed").count() == 1
    assert list(Transfer.objects.to_settle()) == [second]


def test_money_for_an_ended_attempt_pays_the_order_that_still_waits(bank: Bank) -> None:
    order = make_order()
    old = make_payment(order, state=Payment.State.FAILED)
    new = make_payment(order)
    assert bank.transfers(old).outcome == "exact"
    assert (reread(old).state, reread(new).state) == ("confirmed", "cancelled")
    assert bank.transfers(new).outcome == "duplicate"
    assert reread(old).state == "confirmed"


def test_late_money_takes_the_order_up_again_if_the_goods_are_there(bank: Bank) -> None:
    payment = make_payment()
    bank.expires(payment)
    assert reread(payment).order.status == Order.Status.EXPIRED
    transfer = bank.transfers(payment)
    payment = reread(payment)
    assert (payment.state, payment.order.status) == ("confirmed", Order.Status.CONFIRMED)
    assert Reservation.objects.get().state == Reservation.State.CLAIMED
    assert (transfer.outcome, transfer.surplus) == ("late", 0)
    assert transfer.resolved_at is not None
    assert refunds_of(payment) == []
    assert mail.outbox == []


def test_late_money_goes_back_if_the_goods_are_gone(bank: Bank) -> None:
    payment = make_payment()
    bank.expires(payment)
    sell_out(payment.order)
    transfer = bank.transfers(payment)
    assert (transfer.outcome, transfer.surplus, transfer.resolved_at) == ("late", TOTAL, None)
    payment = reread(payment)
    assert (payment.state, payment.order.status) == ("expired", Order.Status.EXPIRED)
    assert refunds_of(payment) == [(TOTAL, "created")]
    assert len(mail.outbox) == 1


def test_money_for_a_cancelled_order_never_revives_it(bank: Bank) -> None:
    payment = make_payment()
    for parcel in payment.order.seller_orders.all():
        move(parcel, "cancelled", note="Mất mùa")
    assert bank.transfers(payment).outcome == "late"
    assert reread(payment).order.status == Order.Status.CANCELLED
    assert refunds_of(payment) == [(TOTAL, "created")]


def test_late_money_that_is_short_goes_back(bank: Bank) -> None:
    payment = make_payment()
    bank.expires(payment)
    assert bank.transfers(payment, 100_000).outcome == "late"
    assert refunds_of(payment) == [(100_000, "created")]


def test_parts_of_an_order_that_ran_out_go_back(bank: Bank) -> None:
    payment = make_payment()
    part = bank.transfers(payment, 100_000)
    bank.expires(payment)
    part.refresh_from_db()
    assert (part.outcome, part.surplus) == ("late", 100_000)
    assert refunds_of(payment) == [(100_000, "created")]
    assert len(mail.outbox) == 1


def test_the_rest_that_comes_late_keeps_the_earlier_part_here(bank: Bank) -> None:
    payment = make_payment()
    part = bank.transfers(payment, 100_000)
    bank.expires(payment)
    bank.transfers(payment, 50_000)
    part.refresh_from_db()
    assert reread(payment).state == "confirmed"
    assert refunds_of(payment) == [(100_000, "cancelled")]
    assert (part.surplus, part.resolved_at is not None) == (0, True)
    assert not Transfer.objects.to_settle().exists()


def test_a_part_already_given_back_does_not_pay_again(bank: Bank) -> None:
    payment = make_payment()
    bank.transfers(payment, 100_000)
    bank.expires(payment)
    Refund.objects.update(state=Refund.State.DONE)
    assert bank.transfers(payment, 50_000).outcome == "late"
    assert reread(payment).state == "expired"
    assert refunds_of(payment) == [(100_000, "done"), (50_000, "created")]


def test_an_unknown_code_waits_for_a_person(bank: Bank) -> None:
    payment = make_payment()
    assert bank.tells(bank_says("tra tien hat dieu")) == 200
    transfer = Transfer.objects.get()
    assert (transfer.outcome, transfer.surplus, transfer.payment) == ("unknown", TOTAL, None)
    assert reread(payment).state == "pending"
    assert list(Transfer.objects.to_settle()) == [transfer]
    assert "hat dieu" in mail.outbox[-1].subject


@pytest.mark.parametrize("memo", ["thu ket noi", "BP7K2M9QXA"])
def test_money_on_another_account_is_kept_marked_and_in_no_book(bank: Bank, memo: str) -> None:
    assert bank.tells(bank_says(memo, accountNumber="88888888")) == 200
    transfer = Transfer.objects.get()
    assert (transfer.outcome, transfer.account, transfer.surplus) == ("elsewhere", "88888888", 0)
    assert not Entry.objects.exists()
    assert not Transfer.objects.to_settle().exists()
    assert mail.outbox == []
    assert find_differences() == []


def test_money_on_another_account_that_names_a_payment_is_looked_into(bank: Bank) -> None:
    payment = make_payment()
    assert bank.tells(bank_says(payment.reference, accountNumber="9999999999")) == 200
    assert (reread(payment).state, reread(payment).received) == ("pending", 0)
    item = Item.objects.get()
    assert (item.finding, item.our_amount, item.their_amount) == ("missing_here", 0, TOTAL)
    assert payment.reference in item.raw["said"] and "9999999999" in item.raw["said"]
    assert find_differences() == []


def test_money_that_left_is_only_noted(bank: Bank) -> None:
    payment = make_payment()
    assert bank.tells(bank_says(payment.reference, transferType="out")) == 200
    transfer = Transfer.objects.get()
    assert (transfer.outcome, transfer.surplus, transfer.payment) == ("outgoing", 0, None)
    assert reread(payment).received == 0
    assert mail.outbox == []


def test_the_same_notification_again_changes_nothing(bank: Bank) -> None:
    payment = make_payment()
    body = bank_says(payment.reference)
    assert [bank.tells(body) for _ in range(3)] == [200, 200, 200]
    assert reread(payment).received == TOTAL
    assert Transfer.objects.count() == 1
    assert Notification.objects.get().repeats == 2
    assert len(mail.outbox) == 0


def test_a_part_told_under_another_event_does_not_pay_the_rest(bank: Bank) -> None:
    payment = make_payment()
    for _ in range(2):
        bank.tells(bank_says(payment.reference, TOTAL // 2, referenceCode="FT26"))
    assert (reread(payment).state, reread(payment).received) == ("pending", TOTAL // 2)
    again = Notification.objects.latest("pk")
    assert (again.payment, again.verdict) == (payment, "accepted")
    assert find_differences() == []


@pytest.mark.parametrize(
    "other", [{"transferAmount": TOTAL - 1}, {"referenceCode": ""}, {"content": "of another"}]
)
def test_one_number_of_the_bank_may_stand_for_several_movements(bank: Bank, other: dict[str, Any]) -> None:
    payment = make_payment()
    said = {"referenceCode": "FT26"}
    for change in ({}, other):
        bank.tells(bank_says(payment.reference, **{**said, **change}))
    assert Transfer.objects.count() == 2
    assert find_differences() == []


def test_a_notification_is_kept_as_it_came(bank: Bank) -> None:
    payment = make_payment()
    body = bank_says(payment.reference)
    bank.tells(body)
    notification = Notification.objects.get()
    assert bytes(notification.body) == body
    assert notification.verdict == "accepted"
    assert notification.payment == payment
    assert set(notification.headers) == {"X-SePay-Signature", "X-SePay-Timestamp"}


def test_a_forged_notification_is_kept_and_not_believed(bank: Bank) -> None:
    payment = make_payment()
    body = bank_says(payment.reference)
    assert bank.tells(body, secret="guessed") == 401
    assert bank.tells(body, secret="guessed") == 401
    forged = Notification.objects.get()
    assert (forged.verdict, forged.repeats) == ("forged", 1)
    assert reread(payment).state == "pending"
    assert not Transfer.objects.exists()


def test_a_forgery_does_not_take_the_place_of_the_real_one(bank: Bank) -> None:
    payment = make_payment()
    body = bank_says(payment.reference)
    bank.tells(body, secret="guessed")
    assert bank.tells(body) == 200
    assert reread(payment).state == "confirmed"


def test_a_notification_older_than_five_minutes_is_refused(bank: Bank) -> None:
    payment = make_payment()
    assert bank.tells(bank_says(payment.reference), age=301) == 401
    assert reread(payment).state == "pending"


def test_a_flood_of_forgeries_does_not_fill_the_table(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payments.notifications.FORGED_PER_HOUR", 3)
    for _ in range(5):
        assert bank.tells(bank_says("x"), secret="guessed") == 401
    assert Notification.objects.count() == 3


def test_a_truncated_notification_is_kept_for_a_person(bank: Bank) -> None:
    payment = make_payment()
    body = bank_says(payment.reference)[:-30]
    assert bank.tells(body) == 200
    assert bank.tells(body) == 200
    notification = Notification.objects.get()
    assert (notification.verdict, notification.repeats) == ("unusable", 1)
    assert "not JSON" in notification.error
    assert reread(payment).state == "pending"


def test_an_event_told_differently_the_second_time_is_not_believed(bank: Bank) -> None:
    payment = make_payment()
    bank.tells(bank_says(payment.reference, 100_000, id=777_000))
    assert bank.tells(bank_says(payment.reference, 50_000, id=777_000)) == 200
    assert reread(payment).received == 100_000
    assert "said something else" in Notification.objects.get(verdict="unusable").error


def test_a_crash_while_settling_loses_nothing(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    payment = make_payment()
    with monkeypatch.context() as broken:
        broken.setattr("payments.notifications.record_transfer", lambda *_: 1 / 0)
        assert bank.tells(bank_says(payment.reference)) == 200
    assert Notification.objects.get().verdict == "received"
    assert reread(payment).received == 0
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        deliver_due()
    assert Notification.objects.get().verdict == "accepted"
    assert reread(payment).received == TOTAL


@pytest.mark.parametrize(
    ("path", "status"), [("/thanh-toan/barter/ipn", 404), ("/thanh-toan/sepay/ipn", 405)]
)
def test_other_doors_are_closed(client: Client, path: str, status: int) -> None:
    answer = client.post(path, b"{}", "application/json") if status == 404 else client.get(path)
    assert answer.status_code == status


def test_an_enormous_body_is_not_read(bank: Bank) -> None:
    assert bank.tells(b"x" * 70_000) == 413
    assert not Notification.objects.exists()


def test_a_forgery_is_answered_and_kept_while_valkey_is_down(bank: Bank, settings: Any) -> None:
    nobody = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": nobody}
    assert bank.tells(bank_says("x"), secret="guessed") == 401
    assert Notification.objects.get().verdict == "forged"
