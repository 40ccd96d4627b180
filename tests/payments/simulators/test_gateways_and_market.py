"""The pretended VNPAY, MoMo and ZaloPay pay the market: programs that share no code, over HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from payments.inquiries import ask_again
from payments.models import Notification
from payments.progress import Progress
from tests.factories import make_staff
from tests.payments.orders import TOTAL, reread
from tests.payments.simulators.gateways import Rail, control, open_rail, tap

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_buyer_pays_and_the_order_is_confirmed_before_the_way_back(rail: Rail) -> None:
    page = rail.page()
    assert rail.payment.reference in page.text
    back = tap(rail.gateway, page, "pay")
    assert (reread(rail.payment).state, reread(rail.payment).received) == ("confirmed", TOTAL)
    (delivery,) = rail.gateway.get("/control/deliveries").json()["deliveries"]
    (attempt,) = delivery["attempts"]
    assert (attempt["accepted"], attempt["error"]) == (True, "")
    answer = rail.gateway.get(back.headers["Location"])
    assert (answer.status_code, "/don-hang/" in answer.headers["Location"]) == (302, True)


@pytest.mark.parametrize("act", ["cancel", "expire", "insufficient", "fraud"])
def test_what_does_not_pay_does_not_confirm(rail: Rail, act: str) -> None:
    tap(rail.gateway, rail.page(), act)
    assert reread(rail.payment).state in ("pending", "failed")
    assert reread(rail.payment).received == 0


@pytest.mark.parametrize("act", ["reverse", "bank_error"])
def test_the_buyer_reads_of_money_that_returns_only_where_the_company_says_so(rail: Rail, act: str) -> None:
    """ZaloPay has no word for it: its -217 is an error of the bank, whatever became of the money there."""
    rail.page()
    control(rail.gateway, f"payments/{rail.payment.reference}/{act}")
    ask_again(timezone.now() + timedelta(minutes=4))  # ZaloPay reports no failure
    payment = reread(rail.payment)
    assert (payment.state, payment.received) == ("failed", 0)
    reversed_ = act == "reverse" and rail.code != "zalopay"
    assert Progress(payment.order, payment).reason == ("reversed" if reversed_ else "refused")
    buyer = Client()
    buyer.force_login(make_staff())
    page = buyer.get(f"/don-hang/{payment.order.number}/tra-tien/").content.decode()
    assert ("sẽ tự trả lại tiền cho bạn" in page) is reversed_


@pytest.fixture
def momo(live_server: LiveServer, settings: Any) -> Iterator[Rail]:
    with open_rail("momo", site=live_server.url, settings=settings) as rail:
        yield rail


@pytest.mark.parametrize(
    ("then", "state", "received", "step"),
    [("", "confirmed", TOTAL, "paid"), ("reverse", "failed", 0, "again")],
)
def test_money_that_momo_has_only_set_aside_is_waited_for_and_not_counted(
    momo: Rail, then: str, state: str, received: int, step: str
) -> None:
    tap(momo.gateway, momo.page(), "authorize")
    payment = reread(momo.payment)
    assert (payment.state, payment.received, payment.failure) == ("pending", 0, "held")
    assert Progress(payment.order, payment).step == "held"
    ask_again(timezone.now() + timedelta(minutes=4))  # the query says the same as the report
    assert (reread(payment).state, reread(payment).received) == ("pending", 0)
    if then:
        control(momo.gateway, f"payments/{payment.reference}/{then}")
    control(momo.gateway, "advance", minutes=10)
    assert (reread(payment).state, reread(payment).received) == (state, received)
    now = Progress(reread(payment).order, reread(payment))
    assert now.step == step
    assert not then or now.reason == "reversed"


def test_told_twice_is_paid_once(rail: Rail) -> None:
    rail.page()
    control(rail.gateway, f"payments/{rail.payment.reference}/pay", notify="twice")
    assert (reread(rail.payment).state, reread(rail.payment).received) == ("confirmed", TOTAL)


def test_a_forged_report_pays_nothing(rail: Rail) -> None:
    rail.page()
    control(rail.gateway, f"payments/{rail.payment.reference}/pay", notify="wrong_signature")
    assert reread(rail.payment).received == 0
    assert set(Notification.objects.values_list("verdict", flat=True)) <= {"forged"}


def test_a_wrong_amount_never_confirms(rail: Rail) -> None:
    rail.page()
    control(rail.gateway, f"payments/{rail.payment.reference}/pay", notify={"wrong_amount": 1_000})
    assert reread(rail.payment).state != "confirmed"
