"""Attempts at rails that have to be asked: begun once, outside any transaction, and never at the order's cost."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.outbox.models import Job
from payments.models import Payment, RailSwitch
from payments.providers.base import DeclinedPayment, ProviderError
from payments.services import confirm_payment, expire_unpaid, open_payment
from payments.starting import start_waiting
from payments.ways import switch_provider
from tests.factories import make_staff
from tests.payments.orders import make_order, make_payment, reread
from tests.payments.rails import ScriptedRail
from tests.threads import together

pytestmark = pytest.mark.django_db
IP = "192.0.2.7"


def begin() -> Payment:
    """An attempt as the checkout leaves it: written down, not begun."""
    return open_payment(order=make_order(provider="testrail"), provider="testrail")


def test_the_rail_is_told_who_pays_what_and_where_to_report(scripted_rail: type[ScriptedRail]) -> None:
    payment = begin()
    assert (payment.state, payment.instructions, scripted_rail.started) == ("created", {}, [])
    start_waiting(payment.order, client_ip=IP)
    (charge,) = scripted_rail.started
    assert (charge.reference, charge.amount, charge.client_ip) == (payment.reference, payment.amount, IP)
    assert (charge.opened_at, charge.expires_at) == (payment.created_at, payment.expires_at)
    assert charge.notify_url.endswith("/thanh-toan/testrail/ipn")
    assert f"/don-hang/{payment.order.number}/tra-tien/ve/" in charge.return_url
    assert charge.description.isascii()
    assert reread(payment).state == "pending"


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (DeclinedPayment("no"), "refused"),
        (ProviderError("down", permanent=False), "unreachable"),
        (ProviderError("nonsense", permanent=True), "unreachable"),
    ],
)
def test_a_rail_that_does_not_begin_costs_the_attempt_not_the_order(
    scripted_rail: type[ScriptedRail], client: Client, error: ProviderError, failure: str
) -> None:
    payment = begin()
    scripted_rail.error = error
    start_waiting(payment.order, client_ip=IP)
    assert (reread(payment).state, reread(payment).failure) == ("failed", failure)
    assert reread(payment).order.status == "pending_payment"
    client.force_login(make_staff())
    page = client.get(reverse("payments:pay", args=[payment.order.number])).content.decode()
    assert ("không trả lời" if failure == "unreachable" else "không nhận khoản thanh toán này") in page
    assert 'value="vietqr"' in page


def test_the_next_attempt_has_a_reference_of_its_own(scripted_rail: type[ScriptedRail]) -> None:
    first = begin()
    scripted_rail.error = ProviderError("answer lost", permanent=False)
    start_waiting(first.order, client_ip=IP)
    scripted_rail.error = None
    second = switch_provider(order=first.order, provider="testrail")
    start_waiting(first.order, client_ip=IP)
    assert reread(second).state == "pending"
    assert [charge.reference for charge in scripted_rail.started] == [first.reference, second.reference]


def test_a_rail_whose_page_does_not_open_again_is_begun_anew_once(
    scripted_rail: type[ScriptedRail], client: Client
) -> None:
    first = begin()
    start_waiting(first.order, client_ip=IP)
    client.force_login(make_staff())
    page = reverse("payments:pay", args=[first.order.number])
    again = {"provider": "testrail", "instead_of": first.reference}
    assert f'value="{first.reference}"' in client.get(page).content.decode()
    for _tap in range(2):
        client.post(reverse("payments:switch", args=[first.order.number]), again)
    second = Payment.objects.exclude(pk=first.pk).get()
    assert (reread(first).state, second.state) == ("cancelled", "pending")
    assert [charge.reference for charge in scripted_rail.started] == [first.reference, second.reference]
    confirm_payment(first, amount=first.amount)  # it was paid in another window
    assert (reread(first).state, reread(second).state) == ("confirmed", "cancelled")


@pytest.mark.parametrize("provider", ["vietqr", "cash_on_delivery"])
def test_what_needs_no_page_is_not_begun_anew(provider: str) -> None:
    payment = make_payment(provider=provider)
    assert switch_provider(order=payment.order, provider=provider, instead_of=payment.reference) == payment


def test_a_start_that_died_with_its_process_is_given_up(scripted_rail: type[ScriptedRail]) -> None:
    payment = begin()
    Payment.objects.filter(pk=payment.pk).update(started_at=timezone.now())
    start_waiting(payment.order, client_ip=IP)
    assert reread(payment).state == "created"
    with time_machine.travel(timezone.now() + timedelta(seconds=31), tick=False):
        start_waiting(payment.order, client_ip=IP)
    assert (reread(payment).state, reread(payment).failure) == ("failed", "unreachable")
    assert scripted_rail.started == []


def test_the_pay_page_begins_what_the_checkout_could_not(
    scripted_rail: type[ScriptedRail], client: Client
) -> None:
    payment = begin()
    client.force_login(make_staff())
    page = client.get(reverse("payments:pay", args=[payment.order.number])).content.decode()
    assert f'href="https://rail.test/{payment.reference}"' in page
    client.get(reverse("payments:pay", args=[payment.order.number]))
    assert len(scripted_rail.started) == 1


def test_a_buyer_who_tries_again_has_ten_minutes_but_not_for_ever(scripted_rail: type[ScriptedRail]) -> None:
    first = make_payment(provider="testrail")
    ordered = first.order.date_placed
    with time_machine.travel(ordered + timedelta(minutes=12), tick=False):
        second = switch_provider(order=first.order, provider="vietqr")
    assert second.expires_at == ordered + timedelta(minutes=22)
    held = second.order.lines.get().reservation
    assert held.expires_at == second.order.expires_at == second.expires_at + timedelta(minutes=5)
    Payment.objects.filter(pk=second.pk).update(state="cancelled")
    late = ordered + timedelta(minutes=44)
    with time_machine.travel(ordered + timedelta(minutes=21), tick=False):
        second.order.expires_at = late
        second.order.save()
    with time_machine.travel(late - timedelta(minutes=1), tick=False):
        assert switch_provider(order=first.order, provider="vietqr").expires_at == ordered + timedelta(
            minutes=45
        )


def test_a_return_asks_the_rail_and_proves_nothing(scripted_rail: type[ScriptedRail], client: Client) -> None:
    payment = make_payment(provider="testrail")
    back = scripted_rail.started[0].return_url.partition("http://127.0.0.1:8000")[2]
    for _ in range(2):
        answer = client.get(f"{back}?resultCode=0&amount=1")
        assert answer["Location"] == reverse("payments:pay", args=[payment.order.number])
    assert reread(payment).state == "pending"
    assert client.get(answer["Location"]).status_code == 200  # the wallet's browser has no session of ours
    assert client.get(back.replace("/ve/", "/ve/x"))["Location"] == reverse("tracking:find")


def test_who_comes_back_a_second_time_is_asked_for_again(
    scripted_rail: type[ScriptedRail], client: Client
) -> None:
    """Looked into the wallet, came back, went there again and found too little on it."""
    payment = make_payment(provider="testrail")
    back = scripted_rail.started[0].return_url.partition("http://127.0.0.1:8000")[2]
    for minutes in (1, 3):
        with time_machine.travel(payment.created_at + timedelta(minutes=minutes), tick=False):
            client.get(back)
    assert Job.objects.filter(kind="ask_provider").count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_ten_windows_begin_it_once_and_outside_any_transaction(scripted_rail: type[ScriptedRail]) -> None:
    payment = begin()
    together([partial(start_waiting, payment.order, client_ip=IP)] * 10)
    assert len(scripted_rail.started) == 1
    assert not scripted_rail.was_in_transaction
    assert reread(payment).state == "pending"


def test_a_switched_off_rail_is_not_offered_and_its_name_is_said(client: Client) -> None:
    payment = make_payment()
    RailSwitch.objects.create(provider="cash_on_delivery", reason="carrier on strike")
    client.force_login(make_staff())
    page = client.get(reverse("payments:pay", args=[payment.order.number])).content.decode()
    assert 'value="cash_on_delivery"' not in page
    assert "đang trục trặc" in page


def test_who_lets_the_time_at_a_wallet_run_out_has_not_lost_the_order(
    scripted_rail: type[ScriptedRail], client: Client
) -> None:
    first = make_payment(provider="testrail")
    ordered, order = first.order.date_placed, first.order
    assert reread(first).expires_at == ordered + timedelta(minutes=15)
    with time_machine.travel(ordered + timedelta(minutes=16), tick=False):
        expire_unpaid(timezone.now())
        assert (reread(first).state, reread(first).order.status) == ("expired", "pending_payment")
        client.force_login(make_staff())
        page = client.get(reverse("payments:pay", args=[order.number])).content.decode()
        assert "Đã hết giờ trả ở Test rail" in page and "Thử lại: Test rail" in page
        second = switch_provider(order=order, provider="testrail")
        assert second.expires_at == ordered + timedelta(minutes=26)
    with time_machine.travel(ordered + timedelta(minutes=27), tick=False):
        expire_unpaid(timezone.now())
        assert reread(second).order.status == "pending_payment"
    with time_machine.travel(ordered + timedelta(minutes=32), tick=False):
        expire_unpaid(timezone.now())
        assert reread(second).order.status == "expired"


def test_what_is_paid_just_after_the_time_at_a_wallet_counts(scripted_rail: type[ScriptedRail]) -> None:
    payment = make_payment(provider="testrail")
    with time_machine.travel(payment.order.date_placed + timedelta(minutes=16), tick=False):
        expire_unpaid(timezone.now())
        confirm_payment(payment, amount=payment.amount)
    assert (reread(payment).state, reread(payment).order.status) == ("confirmed", "confirmed")
