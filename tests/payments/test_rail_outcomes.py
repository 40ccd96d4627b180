"""What the spine does with a rail that reports its own payments, as the redirect rails do."""

import itertools
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from farmers.partner.models import StockRecord
from marketplace.messaging.delivery import render
from marketplace.messaging.models import Message
from marketplace.order.models import Order, Reservation
from payments.exceptions import CannotSwitch
from payments.models import Notification, Payment, Refund
from payments.progress import Progress
from payments.reconciliation.models import Item
from payments.refunds import owe_back
from payments.sending import send_refund
from payments.services import expire_unpaid
from payments.ways import switch_provider
from tests.payments.desk.people import chi_thu, signed_in, text
from tests.payments.orders import TOTAL, make_order, make_payment, reread
from tests.payments.rails import sign

pytestmark = pytest.mark.django_db
_ids = itertools.count(1)


class Rail:
    def __init__(self, client: Client, on_commit: DjangoCaptureOnCommitCallbacks) -> None:
        self.client, self.on_commit = client, on_commit

    def says(self, payment: Payment, outcome: str, **changes: Any) -> Notification:
        said = {"id": f"e{next(_ids)}", "reference": payment.reference, "amount": TOTAL, "outcome": outcome}
        body = json.dumps({**said, **changes}).encode()
        with self.on_commit(execute=True):
            answer = self.client.post(
                "/thanh-toan/testrail/ipn", body, "application/json", headers={"X-Sign": sign(body)}
            )
        assert answer.json() == {"code": "00"}
        return Notification.objects.latest("pk")


@pytest.fixture
def rail(
    client: Client, scripted_rail: object, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Rail:
    return Rail(client, django_capture_on_commit_callbacks)


def _difference() -> tuple[Payment | None, str, int, str, int]:
    """The one that waits for a person: of which payment, what it is, what we have, what they say."""
    item = Item.objects.get(state=Item.State.OPEN)
    return item.payment, item.finding, item.our_amount, item.their_state, item.their_amount


def test_paid_confirms(rail: Rail) -> None:
    payment = make_payment(provider="testrail")
    assert payment.provider_reference == "R1"
    assert payment.instructions == {"redirect_url": f"https://rail.test/{payment.reference}"}
    notification = rail.says(payment, "paid")
    assert (notification.verdict, notification.payment) == ("accepted", payment)
    assert reread(payment).state == "confirmed"


def test_failed_leaves_the_order_open(rail: Rail) -> None:
    payment = make_payment(provider="testrail")
    rail.says(payment, "failed")
    assert reread(payment).state == "failed"
    assert reread(payment).order.status == "pending_payment"


def test_a_late_failure_never_undoes_a_success(rail: Rail) -> None:
    payment = make_payment(provider="testrail")
    rail.says(payment, "paid")
    assert rail.says(payment, "failed").verdict == "contradicts"
    assert reread(payment).state == "confirmed"
    assert reread(payment).order.status == "confirmed"
    assert _difference() == (payment, "status_differs", TOTAL, "failed", 0)


def test_money_that_was_given_back_does_not_pay_later(rail: Rail) -> None:
    payment = make_payment(provider="testrail")
    rail.says(payment, "failed", reason="reversed")
    assert rail.says(payment, "paid").verdict == "contradicts"
    assert (reread(payment).state, reread(payment).received) == ("failed", 0)
    assert _difference() == (payment, "status_differs", 0, "paid", TOTAL)


@pytest.mark.parametrize("ended", ["expired", "cancelled", "failed"])
def test_money_that_was_given_back_after_the_attempt_ended_does_not_pay_either(
    rail: Rail, ended: str
) -> None:
    payment = make_payment(provider="testrail", state=ended)
    rail.says(payment, "failed", reason="reversed")
    rail.says(payment, "failed", reason="expired")
    assert rail.says(payment, "paid").verdict == "contradicts"
    assert (reread(payment).state, reread(payment).received) == (ended, 0)
    assert _difference() == (payment, "status_differs", 0, "paid", TOTAL)


def test_a_payment_that_is_given_back_is_not_newly_paid(rail: Rail) -> None:
    payment = make_payment(provider="testrail")
    assert rail.says(payment, "refunding").verdict == "contradicts"
    assert (reread(payment).state, reread(payment).received) == ("pending", 0)
    assert _difference() == (payment, "status_differs", 0, "refunding", 0)


@pytest.mark.parametrize("asked", [True, False])
def test_a_paid_payment_that_is_given_back_waits_for_a_person_unless_we_asked_for_it(
    rail: Rail, asked: bool
) -> None:
    payment = make_payment(provider="testrail")
    rail.says(payment, "paid")
    if asked:
        owe_back(payment=reread(payment), amount=1_000, reason="x", key="y")
        Refund.objects.update(state="in_transit", started_at=timezone.now())
    assert rail.says(payment, "refunding").verdict == ("accepted" if asked else "contradicts")
    assert (reread(payment).state, reread(payment).received) == ("confirmed", TOTAL)
    assert Item.objects.exists() is not asked
    assert Refund.objects.count() == asked


def test_a_success_after_a_failure_counts(rail: Rail) -> None:
    payment = make_payment(provider="testrail")
    rail.says(payment, "failed")
    rail.says(payment, "paid")
    assert reread(payment).state == "confirmed"
    item = Item.objects.get()
    assert (item.payment, item.our_state, item.their_amount) == (payment, "không được", TOTAL)
    assert (item.state, item.resolved_by, item.entry) == ("resolved", None, None)
    assert item.resolution == "Sau đó tiền vẫn về, đã tính cho đơn hàng."
    page = text(signed_in(chi_thu()), "desk:reconciliation")
    assert item.resolution in page and payment.reference in page


@pytest.mark.parametrize(("left", "words"), [(1, "tính cho đơn hàng"), (0, "được hoàn lại")])
def test_what_comes_after_its_time_is_written_down(rail: Rail, left: int, words: str) -> None:
    payment = make_payment(provider="testrail")
    Payment.objects.update(expires_at=timezone.now())
    Order.objects.update(expires_at=timezone.now())
    expire_unpaid(timezone.now() + timedelta(hours=1))
    assert reread(payment).state == "expired"
    StockRecord.objects.update(num_in_stock=left and 99)
    rail.says(payment, "paid")
    item = Item.objects.get(payment=payment)
    assert (item.state, item.finding, item.their_amount) == ("resolved", "status_differs", TOTAL)
    assert words in item.resolution


def test_pending_changes_nothing(rail: Rail) -> None:
    payment = make_payment(provider="testrail")
    assert rail.says(payment, "pending").verdict == "accepted"
    assert reread(payment).state == "pending"


def test_goods_wait_a_day_for_money_that_is_being_checked(rail: Rail, settings: Any) -> None:
    payment = make_payment(provider="testrail")
    rail.says(payment, "pending", reason="held")
    rail.says(payment, "pending")
    placed, over = payment.order.date_placed, timedelta(hours=settings.HELD_PAYMENT_HOURS)
    assert (reread(payment).failure, reread(payment).expires_at) == ("held", placed + over)
    with time_machine.travel(placed + over - timedelta(minutes=1)):
        assert expire_unpaid(timezone.now()) == 0
    with time_machine.travel(placed + over):
        assert expire_unpaid(timezone.now()) == 1
    assert Reservation.objects.get().state == Reservation.State.RELEASED
    rail.says(payment, "paid")
    assert (reread(payment).state, reread(payment).order.status) == ("confirmed", "confirmed")


@pytest.mark.parametrize("meanwhile", ["cancelled", "expired"])
def test_money_that_is_checked_after_the_buyer_had_turned_away_is_waited_for(
    rail: Rail, meanwhile: str
) -> None:
    """It was paid in the other window, and must not be paid once more in this one."""
    payment = make_payment(provider="testrail")
    Payment.objects.filter(pk=payment.pk).update(state=meanwhile)
    instead = switch_provider(order=payment.order, provider="vietqr")
    rail.says(payment, "pending", reason="held")
    assert Payment.objects.of(payment.order).most_telling()[0] == payment
    assert Progress(payment.order, reread(payment)).step == "held"
    with pytest.raises(CannotSwitch, match="đang kiểm tra"):
        switch_provider(order=payment.order, provider="testrail")
    with time_machine.travel(payment.order.date_placed + timedelta(hours=23)):
        expire_unpaid(timezone.now())
    assert Reservation.objects.get().state == Reservation.State.HELD
    rail.says(payment, "failed", reason="refused")
    assert Message.objects.filter(kind="payment_refused").exists()
    assert Payment.objects.of(payment.order).most_telling()[0] == instead


def test_what_the_rail_has_refused_is_held_by_no_late_report(rail: Rail) -> None:
    payment = make_payment(provider="testrail")
    rail.says(payment, "failed", reason="refused")
    rail.says(payment, "pending", reason="held")
    assert (reread(payment).state, reread(payment).failure) == ("failed", "refused")


@pytest.mark.parametrize("meanwhile", ["pending", "expired"])
def test_who_waited_for_a_check_hears_that_it_failed(rail: Rail, meanwhile: str) -> None:
    payment = make_payment(provider="testrail")
    rail.says(payment, "pending", reason="held")
    Payment.objects.filter(pk=payment.pk).update(state=meanwhile)
    for _twice in range(2):
        rail.says(payment, "failed", reason="reversed")
    told = Message.objects.get(kind="payment_refused")
    subject, body = render(told)
    assert told.phone == payment.order.phone
    assert subject.startswith("Test rail từ chối")
    assert "chợ chưa nhận được" in body
    assert payment.order.number in body


def test_a_payment_that_was_not_checked_fails_without_a_message(rail: Rail) -> None:
    rail.says(make_payment(provider="testrail"), "failed")
    assert not Message.objects.filter(kind="payment_refused").exists()


@pytest.mark.parametrize(
    "changes", [{"amount": TOTAL - 1}, {"amount": TOTAL * 100}, {"currency": "USD"}, {"reference": "BP0"}]
)
def test_what_we_did_not_ask_for_is_not_believed(rail: Rail, changes: dict[str, Any]) -> None:
    payment = make_payment(provider="testrail")
    notification = rail.says(payment, "paid", **changes)
    assert notification.verdict == "unusable"
    assert notification.error
    assert Item.objects.get().raw["said"] == notification.error
    assert (reread(payment).state, reread(payment).received) == ("pending", 0)


def test_a_rail_cannot_confirm_the_payment_of_another(rail: Rail) -> None:
    payment = make_payment(provider="vietqr")
    assert rail.says(payment, "paid").verdict == "unusable"
    assert reread(payment).state == "pending"


def test_the_second_of_two_paid_attempts_goes_back(rail: Rail) -> None:
    order = make_order()
    first, second = make_payment(order, provider="testrail"), make_payment(order, provider="testrail")
    rail.says(first, "paid")
    rail.says(second, "paid")
    assert (reread(first).state, reread(second).state) == ("confirmed", "cancelled")
    refund = Refund.objects.get()
    assert (refund.payment, refund.amount) == (second, TOTAL)
    assert (refund.state, refund.provider_reference) == ("done", f"back-{TOTAL}")
    assert mail.outbox == []


def test_the_same_money_told_by_two_events_counts_once(rail: Rail) -> None:
    payment = make_payment(provider="testrail")
    rail.says(payment, "paid")
    assert rail.says(payment, "paid").verdict == "accepted"
    assert (reread(payment).received, Refund.objects.count()) == (TOTAL, 0)


def test_a_refund_is_sent_once(rail: Rail) -> None:
    payment = make_payment(provider="testrail")
    rail.says(payment, "paid")
    with rail.on_commit(execute=True):
        refunds = [owe_back(payment=payment, amount=9, reason="x", key="same") for _ in range(2)]
    with rail.on_commit(execute=True):
        send_refund({"refund": refunds[0].pk})
    assert refunds[0] == refunds[1]
    assert Refund.objects.get().provider_reference == "back-9"
