"""Who hears of money that goes back: when it is owed, when an account is missing, when it has been sent."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.formats import date_format
from django.utils.timezone import localtime
from pytest_django import DjangoCaptureOnCommitCallbacks

from marketplace.messaging.delivery import render
from marketplace.messaging.models import Message
from marketplace.order.models import Order, SellerOrder
from marketplace.order.services import move, take_back
from marketplace.outbox.delivery import deliver_due
from payments.claims.models import ClaimWindow
from payments.desk.giving_back import refund as desk_refund
from payments.models import Refund
from payments.parcel_refunds import name_account
from payments.providers.base import RefundOutcome, RefundResult
from payments.refunds import complete_refund, owe_back
from payments.services import confirm_payment
from tests.factories import anh_tam, chi_lan, make_staff
from tests.payments.claims.sold import cash_order, load_money_rules, paid_order, tams
from tests.payments.orders import TOTAL, bank_says, make_payment, notify
from tests.payments.rails import ScriptedRail

Work = Callable[[], None]
pytestmark = pytest.mark.django_db
ACCOUNT = {"bank_bin": "970415", "number": "0123456789", "holder": "NGUYEN THI LAN"}


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    load_money_rules()


@pytest.fixture
def work(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Work:
    """Does what waits in the outbox, and what that leaves there."""

    def work() -> None:
        for _ in range(3):
            with django_capture_on_commit_callbacks(execute=True):
                deliver_due()

    return work


def said(kind: str) -> list[str]:
    """Every message of the kind as it is read."""
    return [" ".join(render(one)).replace("\xa0", " ") for one in Message.objects.filter(kind=kind)]


def staff_give_back(order: Order, *, from_market: bool = False) -> Refund:
    return desk_refund(
        tams(order),
        goods=10_000,
        shipping=0,
        parts=(),
        everything=False,
        from_market=from_market,
        reason="Thiếu hàng",
        token=tams(order).order.submission_token,
        by=make_staff(),
    )


@pytest.mark.parametrize(("paid", "why"), [((TOTAL + 20_000,), "thừa"), ((TOTAL, 20_000), "đã được trả")])
def test_what_came_too_much_or_twice_is_told(
    work: Work, client: Client, paid: tuple[int, ...], why: str
) -> None:
    payment = make_payment()
    for amount in paid:
        notify(client, bank_says(payment.reference, amount))
    work()
    (words,) = said("refund_owed")
    assert "20.000" in words and why in words and "khoa=" in words
    assert len(said("refund_account_wanted")) == 1
    assert said("seller_refund_owed") == []


def test_what_staff_give_back_is_told_to_buyer_and_farm(work: Work) -> None:
    staff_give_back(paid_order())
    work()
    assert [message.phone for message in Message.objects.filter(kind="refund_owed")] == [chi_lan().phone]
    (words,) = said("seller_refund_owed")
    assert "10.000" in words and "Thiếu hàng" in words
    assert Message.objects.get(kind="seller_refund_owed").phone == anh_tam().phone


def test_of_the_markets_own_money_the_farm_hears_nothing(work: Work) -> None:
    staff_give_back(paid_order(), from_market=True)
    work()
    assert len(said("refund_owed")) == 1
    assert said("seller_refund_owed") == []


def test_two_parcels_taken_back_ask_for_the_account_once(work: Work) -> None:
    order = paid_order()
    for parcel in order.seller_orders.all():
        take_back(parcel, actor=None, reason="")
    work()
    assert Refund.objects.count() == 2
    assert said("refund_owed") == [], "told with the cancellation"
    assert len(said("refund_account_wanted")) == 1
    name_account(order.pk, **ACCOUNT)
    owe_back(payment=order.payments.get(), amount=1_000, reason="x", key="later")
    work()
    assert len(said("refund_account_wanted")) == 2


def test_money_sent_by_transfer_is_told_with_its_account(work: Work) -> None:
    order = paid_order()
    refund = staff_give_back(order)
    name_account(order.pk, **ACCOUNT)
    refund.refresh_from_db()
    for _ in range(2):
        complete_refund(refund, bank_reference="FT77", by=make_staff())
    work()
    (words,) = said("refund_sent")
    assert "10.000" in words and "6789" in words and "FT77" in words
    assert "0123456789" not in words


class TestOnARail:
    @pytest.fixture(autouse=True)
    def overpaid(self, scripted_rail: type[ScriptedRail]) -> None:
        payment = make_payment(provider="testrail")
        confirm_payment(payment, amount=TOTAL + 9)
        owe_back(payment=payment, amount=9, reason="thừa", key="x")

    def test_money_sent_back_is_told_and_no_account_is_asked_for(self, work: Work) -> None:
        work()
        (words,) = said("refund_sent")
        assert str(ScriptedRail.label) in words and "back-9" in words
        assert said("refund_account_wanted") == []

    def test_what_the_rail_will_not_do_asks_for_an_account(self, work: Work) -> None:
        ScriptedRail.result = RefundResult(outcome=RefundOutcome.FAILED, message="window passed")
        work()
        assert len(said("refund_account_wanted")) == 1
        assert said("refund_sent") == []


@pytest.mark.parametrize("make", [paid_order, cash_order])
def test_delivered_says_until_when_one_can_claim(work: Work, make: Callable[..., Order]) -> None:
    ClaimWindow.objects.create(valid_from="2026-01-01", hours=48, answer_hours=24, decide_hours=72)
    parcel = tams(make(to="handed_over"))
    move(parcel, SellerOrder.Status.DELIVERED)
    work()
    until = parcel.events.get(status="delivered").at + timedelta(hours=48)
    (words,) = said("parcel_delivered")
    assert f"trước {date_format(localtime(until), 'H:i d/m')}" in words
    assert Message.objects.get(kind="parcel_delivered").phone == chi_lan().phone


def test_delivered_without_a_window_promises_none(work: Work) -> None:
    move(tams(paid_order(to="handed_over")), SellerOrder.Status.DELIVERED)
    work()
    assert "khiếu nại" not in said("parcel_delivered")[0]
