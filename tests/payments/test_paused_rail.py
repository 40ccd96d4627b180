"""A rail is switched off while a buyer is paying by it."""

import pytest
from django.core.cache import cache
from django.test import Client

from payments.models import Payment, RailSwitch
from payments.services import confirm_payment
from payments.ways import SWITCHES_KEY
from tests.factories import make_staff
from tests.payments.orders import TOTAL, make_payment, reread

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(client: Client) -> Client:
    client.force_login(make_staff())
    return client


def switch(code: str, *, off: bool) -> None:
    RailSwitch.objects.update_or_create(provider=code, defaults={"is_off": off})
    cache.delete(SWITCHES_KEY)


def page(payment: Payment, rest: str = "") -> str:
    return f"/don-hang/{payment.order.number}/tra-tien/{rest}"


def seen(client: Client, payment: Payment) -> str:
    return client.get(page(payment)).content.decode()


@pytest.mark.parametrize(("code", "asks"), [("vietqr", "data-copy"), ("vnpay", "Mở trang trả tiền")])
def test_it_asks_for_no_money_any_more_and_offers_another_way(buyer: Client, code: str, asks: str) -> None:
    payment = make_payment(provider=code)
    state = page(payment, "tinh-trang/")
    before = buyer.get(state).json()
    assert asks in seen(buyer, payment)
    switch(code, off=True)
    html = seen(buyer, payment)
    assert "Tạm ngưng trả bằng" in html and asks not in html and "Làm lại từ đầu" not in html
    assert f'value="{code}"' not in html
    assert buyer.get(state).json() != before
    buyer.post(page(payment, "cach-khac/"), {"provider": "cash_on_delivery"})
    assert reread(payment).state == Payment.State.CANCELLED


def test_it_goes_on_once_it_is_switched_on_again(buyer: Client) -> None:
    payment = make_payment()
    switch("vietqr", off=True)
    assert "data-copy" not in seen(buyer, payment)
    switch("vietqr", off=False)
    assert "data-copy" in seen(buyer, payment)


def test_who_has_sent_a_part_sends_the_rest_the_same_way(buyer: Client) -> None:
    payment = make_payment()
    confirm_payment(payment, amount=TOTAL - 10_000)
    switch("vietqr", off=True)
    assert "Còn thiếu 10.000" in seen(buyer, payment)


def test_what_was_paid_meanwhile_counts(buyer: Client) -> None:
    payment = make_payment(provider="vnpay")
    switch("vnpay", off=True)
    confirm_payment(payment, amount=TOTAL)
    assert "Cảm ơn" in seen(buyer, payment)
