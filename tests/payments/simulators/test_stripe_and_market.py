"""The pretended Stripe pays the market: a buyer switches to it and its webhooks decide. No shared code, over HTTP."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from marketplace.order.models import Order
from marketplace.order.services import take_back
from marketplace.outbox.delivery import deliver_due
from payments.giving_up import _close
from payments.models import Notification, Payment
from payments.services import expire_unpaid
from payments.ways import switch_provider
from tests.factories import make_staff
from tests.payments.orders import TOTAL, make_payment, reread
from tests.payments.simulators.gateways import Rail, control, open_rail, tap

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stripe(live_server: LiveServer, settings: Any) -> Iterator[Rail]:
    with open_rail("stripe", site=live_server.url, settings=settings) as rail:
        yield rail


def told(rail: Rail, *, status: int = 200) -> list[str]:
    """Events that Stripe told at the market's door, all answered with ``status``."""
    deliveries = rail.gateway.get("/control/deliveries").json()["deliveries"]
    for delivery in deliveries:
        assert delivery["url"].endswith("/thanh-toan/stripe/ipn")
        assert [attempt["status"] for attempt in delivery["attempts"]] == [status]
    return [delivery["body"] for delivery in deliveries]


def test_a_buyer_switches_to_it_and_its_webhook_confirms_the_order(stripe: Rail, settings: Any) -> None:
    settings.PAYMENT_RAILS = ["vietqr", "stripe"]
    order, buyer = make_payment().order, Client()
    buyer.force_login(make_staff())
    buyer.post(reverse("payments:switch", args=[order.number]), {"provider": "stripe"})
    payment = Payment.objects.get(order=order, provider="stripe")
    page = stripe.page(payment)
    assert payment.reference in page.text
    back = tap(stripe.gateway, page, "pay")
    payment, order = reread(payment), Order.objects.get(pk=order.pk)
    assert (payment.state, payment.received, order.status) == ("confirmed", TOTAL, Order.Status.CONFIRMED)
    assert any("checkout.session.completed" in body for body in told(stripe))
    answer = stripe.gateway.get(back.headers["Location"])
    assert (answer.status_code, "/don-hang/" in answer.headers["Location"]) == (302, True)


def test_a_declined_card_can_be_tried_again_on_the_same_page(stripe: Rail) -> None:
    tap(stripe.gateway, stripe.page(), "insufficient")
    declined = reread(stripe.payment)
    assert (declined.state, declined.received, declined.failure) == ("pending", 0, "insufficient")
    tap(stripe.gateway, stripe.page(), "pay")
    assert reread(stripe.payment).state == "confirmed"


def test_who_turns_back_is_told_that_nothing_was_paid_and_who_paid_is_not(stripe: Rail) -> None:
    page, buyer, turned_back = stripe.page(), Client(), "Bạn quay lại mà chưa trả tiền"
    back = urlsplit(tap(stripe.gateway, page, "cancel").headers["Location"])
    words = buyer.get(f"{back.path}?{back.query}", follow=True).content.decode()
    assert turned_back in words and "Mở trang trả tiền" in words
    tap(stripe.gateway, page, "pay")
    assert turned_back not in buyer.get(f"{back.path}?{back.query}", follow=True).content.decode()


@pytest.mark.parametrize("way", ["another", "time", "cancelled"])
def test_its_page_closes_once_the_market_waits_no_longer(stripe: Rail, settings: Any, way: str) -> None:
    """Stripe keeps a page open for half an hour at least: who pays there then would pay twice, or too late."""
    settings.PAYMENT_RAILS = ["vietqr", "stripe"]
    assert charge(stripe)["state"] == "open"
    if way == "another":
        switch_provider(order=stripe.payment.order, provider="vietqr")
    elif way == "cancelled":
        take_back(stripe.payment.order.seller_orders.get(), actor=None, reason="")
    else:
        run_out_of_time(stripe.payment)
    deliver_due()
    assert charge(stripe)["state"] == "expired"
    assert reread(stripe.payment).state == ("expired" if way == "time" else "cancelled")


def test_the_market_hears_that_the_time_at_stripe_is_over(stripe: Rail) -> None:
    page = stripe.page()
    control(stripe.gateway, "advance", minutes=60)
    assert (reread(stripe.payment).state, reread(stripe.payment).failure) == ("failed", "expired")
    tap(stripe.gateway, page, "pay")
    assert (charge(stripe)["state"], reread(stripe.payment).received) == ("expired", 0)


def test_a_page_that_cannot_be_closed_is_left_alone(stripe: Rail, settings: Any) -> None:
    """What follows a commit fails unheard: so it is asked a second time here, by itself."""
    settings.PAYMENT_RAILS = ["vietqr", "stripe"]
    control(stripe.gateway, "faults", answer="500", times=2)
    switch_provider(order=stripe.payment.order, provider="vietqr")
    _close(stripe.payment.pk)
    assert charge(stripe)["state"] == "open"
    _close(stripe.payment.pk)
    assert charge(stripe)["state"] == "expired"


def charge(rail: Rail) -> dict[str, Any]:
    (found,) = rail.gateway.get("/control/charges").json()["charges"]
    return dict(found)


def run_out_of_time(payment: Payment) -> None:
    Payment.objects.filter(pk=payment.pk).update(expires_at=timezone.now())
    expire_unpaid(timezone.now())


@pytest.mark.parametrize(("act", "state"), [("cancel", "pending"), ("expire", "failed")])
def test_what_does_not_pay_does_not_confirm(stripe: Rail, act: str, state: str) -> None:
    tap(stripe.gateway, stripe.page(), act)
    assert (reread(stripe.payment).state, reread(stripe.payment).received) == (state, 0)


@pytest.mark.parametrize("notify", ["twice", "reordered"])
def test_told_twice_or_out_of_order_is_paid_once(stripe: Rail, notify: str) -> None:
    control(stripe.gateway, f"payments/{stripe.payment.reference}/pay", notify=notify)
    assert (reread(stripe.payment).state, reread(stripe.payment).received) == ("confirmed", TOTAL)


def test_a_forged_webhook_pays_nothing(stripe: Rail) -> None:
    control(stripe.gateway, f"payments/{stripe.payment.reference}/pay", notify="wrong_signature")
    assert reread(stripe.payment).received == 0
    assert told(stripe, status=400)
    assert set(Notification.objects.values_list("verdict", flat=True)) == {"forged"}


def test_a_wrong_amount_never_confirms(stripe: Rail) -> None:
    control(stripe.gateway, f"payments/{stripe.payment.reference}/pay", notify={"wrong_amount": 1_000})
    assert (reread(stripe.payment).state, reread(stripe.payment).received) == ("pending", 0)
    assert Notification.objects.filter(provider="stripe").exists()
