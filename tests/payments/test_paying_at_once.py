"""A buyer who was to pay at the door pays at once: from the order's page, as far as its links and buttons lead."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.order.links import order_link
from marketplace.order.models import Order, SellerOrder
from marketplace.order.services import move, refuse_at_door
from marketplace.outbox.delivery import deliver_due
from payments.models import Payment
from payments.providers.base import Reason
from payments.services import confirm_payment, expire_unpaid, fail_payment, note_reason
from tests.payments.orders import make_order, make_payment, reread
from tests.payments.rails import ScriptedRail
from tests.reading import page_words

pytestmark = pytest.mark.django_db
Status = SellerOrder.Status
CASH, OPEN, BUTTON = "Bạn trả tiền mặt khi nhận hàng", "Mở lại mã QR", "Trả bằng mã QR ngay"
A, B = 150_000, 90_000


@pytest.fixture
def order() -> Order:
    """Two parcels, to be paid at the door."""
    return make_payment(make_order(A, B, provider="cash_on_delivery"), provider="cash_on_delivery").order


@pytest.fixture
def buyer(client: Client, order: Order) -> Client:
    client.get(order_link(order))
    return client


def page(buyer: Client, order: Order) -> str:
    return unescape(page_words(buyer.get(reverse("tracking:order", args=[order.number]))))


def said(html: str) -> list[str]:
    return [words for words in (CASH, OPEN, BUTTON) if words in html]


def press(buyer: Client, html: str, words: str) -> Any:
    """The button that says so, as a browser sends it."""
    form = next(found for found in re.findall(r"<form.*?</form>", html) if f">{words}</button>" in found)
    action = re.search(r'action="([^"]*)"', form)
    button = re.search(rf'<button[^>]* name="(\w+)" value="(\w+)">{words}</button>', form)
    assert action and button, form
    return buyer.post(action[1], {button[1]: button[2]}, follow=True)


def follow(buyer: Client, html: str, words: str) -> str:
    address = re.search(rf'<a [^>]*href="([^"]*)"[^>]*>{words}</a>', html)
    assert address, html
    return unescape(page_words(buyer.get(address[1])))


def on_its_way(parcel: SellerOrder) -> SellerOrder:
    move(parcel, Status.PACKING)
    move(parcel, Status.HANDED_OVER)
    return parcel


@pytest.mark.parametrize("leaves", [False, True], ids=["before it leaves", "while it is on its way"])
def test_one_button_leads_to_the_code_and_the_page_back_to_it(
    buyer: Client, order: Order, leaves: bool
) -> None:
    for parcel in order.seller_orders.all() if leaves else ():
        on_its_way(parcel)
    html = page(buyer, order)
    assert CASH in html and "Trả 240.000 ₫ ngay bây giờ" in html
    shown = page_words(press(buyer, html, BUTTON))
    qr = Payment.objects.get(provider="vietqr")
    assert (qr.state, qr.amount) == ("pending", A + B)
    assert qr.reference in shown
    html = page(buyer, order)
    assert said(html) == [OPEN]
    assert "Còn phải trả 240.000 ₫" in html
    assert qr.reference in follow(buyer, html, OPEN)
    confirm_payment(qr, amount=A + B)
    assert said(page(buyer, order)) == []


def test_what_came_is_taken_off_what_is_still_due(buyer: Client, order: Order) -> None:
    press(buyer, page(buyer, order), BUTTON)
    confirm_payment(Payment.objects.get(provider="vietqr"), amount=100_000)
    assert "Còn phải trả 140.000 ₫" in page(buyer, order)
    taken = on_its_way(order.seller_orders.get(total=B))
    move(taken, Status.DELIVERED)
    deliver_due()
    assert "Còn phải trả 50.000 ₫" in page(buyer, order)


def test_only_what_nobody_has_collected_is_asked_for(buyer: Client, order: Order) -> None:
    move(on_its_way(order.seller_orders.get(total=A)), Status.DELIVERED)
    deliver_due()
    html = page(buyer, order)
    assert "Trả 90.000 ₫ ngay bây giờ" in html
    press(buyer, html, BUTTON)
    assert Payment.objects.get(provider="vietqr").amount == B


@pytest.mark.parametrize("end", ["collected", "refused", "cancelled"])
def test_where_no_cash_is_due_any_more_nothing_is_asked_for(buyer: Client, order: Order, end: str) -> None:
    for parcel in order.seller_orders.all():
        if end == "cancelled":
            move(parcel, Status.CANCELLED)
        elif end == "refused":
            refuse_at_door(on_its_way(parcel), actor=None)
        else:
            move(on_its_way(parcel), Status.DELIVERED)
    deliver_due()
    assert said(page(buyer, order)) == []


def test_a_code_that_ran_out_leaves_the_cash_and_the_button(buyer: Client, order: Order) -> None:
    press(buyer, page(buyer, order), BUTTON)
    qr = Payment.objects.get(provider="vietqr")
    assert qr.expires_at and (qr.expires_at - qr.created_at).total_seconds() == 15 * 60
    expire_unpaid(qr.expires_at)
    assert reread(qr).state == "expired"
    assert said(page(buyer, order)) == [CASH, BUTTON]


def test_a_wallet_is_one_link_further_and_is_gone_on_with(
    buyer: Client, order: Order, scripted_rail: type[ScriptedRail]
) -> None:
    ways = follow(buyer, page(buyer, order), "Cách khác để trả ngay")
    press(buyer, ways, "Test rail")
    wallet = Payment.objects.get(provider="testrail")
    assert wallet.instructions["redirect_url"] in follow(buyer, page(buyer, order), "Trả tiếp")
    fail_payment(wallet)
    assert CASH in page(buyer, order)


def test_what_a_rail_checks_is_not_asked_for_at_the_door_either(
    buyer: Client, order: Order, scripted_rail: type[ScriptedRail]
) -> None:
    press(buyer, follow(buyer, page(buyer, order), "Cách khác để trả ngay"), "Test rail")
    note_reason(Payment.objects.get(provider="testrail"), Reason.HELD)
    html = page(buyer, order)
    assert "Khoản tiền của bạn đang được kiểm tra" in html
    assert said(html) == []


def test_without_the_rail_no_code_is_offered(buyer: Client, order: Order, settings: Any) -> None:
    settings.PAYMENT_RAILS = ["cash_on_delivery"]
    html = page(buyer, order)
    assert said(html) == [CASH]
    assert "Cách khác để trả ngay" not in html


def test_the_page_costs_the_same_however_many_parcels_are_due(
    buyer: Client, order: Order, django_assert_max_num_queries: Any
) -> None:
    one = make_payment(make_order(A, provider="cash_on_delivery"), provider="cash_on_delivery").order
    buyer.get(order_link(one))
    page(buyer, one)
    with django_assert_max_num_queries(17) as first:
        page(buyer, one)
    with django_assert_max_num_queries(17) as second:
        page(buyer, order)
    assert len(first) == len(second)
