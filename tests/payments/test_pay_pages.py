"""What the buyer sees while paying."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from marketplace.order import services as orders
from marketplace.order.numbers import spaced
from payments.models import Payment, Refund
from payments.providers import registry
from payments.providers.base import Reason
from payments.providers.vietqr.payload import parse
from payments.services import confirm_payment, expire_unpaid, fail_payment, note_reason
from tests.factories import make_staff, stranger
from tests.payments.orders import TOTAL, make_order, make_payment, reread
from tests.payments.rails import ScriptedRail

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(client: Client) -> Client:
    """May open every order; who else may is marketplace.order.access's own test."""
    client.force_login(make_staff())
    return client


def page(payment: Payment, rest: str = "") -> str:
    return f"/don-hang/{payment.order.number}/tra-tien/{rest}"


def seen(client: Client, payment: Payment) -> str:
    answer = client.get(page(payment))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def state(client: Client, payment: Payment) -> str:
    told: str = client.get(page(payment, "tinh-trang/")).json()["state"]
    return told


def test_the_transfer_is_shown_for_scanning_and_for_typing(buyer: Client, settings: object) -> None:
    payment = make_payment()
    html = seen(buyer, payment)
    for text in ("150.000\u00a0₫", "Vietcombank", "0123499999", "NONG SAN BINH PHUOC", payment.reference):
        assert text in html
    assert f'data-copy="{payment.reference}"' in html
    assert 'data-copy="150000"' in html
    assert f'data-state="{state(buyer, payment)}"' in html
    assert '<noscript><meta http-equiv="refresh"' in html
    assert "Còn %d phút" in html
    assert "style=" not in html


def test_the_time_left_is_that_of_the_held_goods(buyer: Client) -> None:
    now = timezone.now()
    payment = make_payment(expires_at=now + timedelta(minutes=5, seconds=30))
    with time_machine.travel(now, tick=False):
        html = seen(buyer, payment)
    assert 'data-seconds-left="330"' in html
    assert "5:30" in html


def test_after_a_part_the_page_asks_for_the_rest(buyer: Client) -> None:
    payment = make_payment()
    before = state(buyer, payment)
    confirm_payment(payment, amount=100_000)
    assert state(buyer, payment) != before
    html = seen(buyer, payment)
    assert "Còn thiếu 50.000\u00a0₫" in html
    assert 'data-copy="50000"' in html


def test_paid_is_said_and_nothing_is_polled_any_more(buyer: Client) -> None:
    payment = make_payment()
    before = state(buyer, payment)
    confirm_payment(payment, amount=TOTAL)
    assert state(buyer, payment) != before
    html = seen(buyer, payment)
    assert "Đã nhận 150.000\u00a0₫" in html
    assert "data-payment" not in html
    assert "http-equiv" not in html


def test_too_much_is_said_to_come_back(buyer: Client) -> None:
    payment = make_payment()
    confirm_payment(payment, amount=TOTAL)
    Refund.objects.create(payment=payment, amount=20_000, reason="x", key="x")
    page = seen(buyer, payment)
    assert "20.000\u00a0₫ sẽ được trả lại cho bạn" in page
    assert reverse("tracking:refund_account", args=[payment.order.number]) in page
    Refund.objects.update(bank_bin="970436", account="0123456789", holder="LAN")
    assert "Bạn không cần làm gì thêm" in seen(buyer, payment)


def test_what_a_rail_did_not_give_back_a_person_has_to_send(buyer: Client) -> None:
    payment = make_payment(provider="vnpay", state="confirmed", confirmed_at=timezone.now())
    refund = Refund.objects.create(payment=payment, amount=20_000, reason="x", key="x", state="in_transit")
    account = reverse("tracking:refund_account", args=[payment.order.number])
    page = seen(buyer, payment)
    assert "20.000\u00a0₫ sẽ được trả lại cho bạn" in page
    assert account not in page
    Refund.objects.filter(pk=refund.pk).update(state="failed")
    page = seen(buyer, payment)
    assert "20.000\u00a0₫ sẽ được trả lại cho bạn" in page
    assert account in page
    Refund.objects.filter(pk=refund.pk).update(state="done")
    assert "sẽ được trả lại" not in seen(buyer, payment)


def test_when_the_time_is_over_the_page_keeps_looking(buyer: Client) -> None:
    payment = make_payment(expires_at=timezone.now())
    html = seen(buyer, payment)
    assert "Đang tìm tiền của bạn" in html
    assert "data-payment" in html
    assert 'data-seconds-left="0"' in html
    assert [link for link in re.findall(r'href="([^"]*)"', html) if link == page(payment)], "look again"
    before = state(buyer, payment)
    orders.expire(payment.order)
    assert state(buyer, payment) != before
    html = seen(buyer, payment)
    assert "Đơn này đã hết giờ" in html
    assert "data-payment" in html


@pytest.mark.parametrize("has_ended", [False, True], ids=["before the beat", "after it"])
def test_a_code_that_ran_out_leads_to_a_fresh_one_by_one_button(buyer: Client, has_ended: bool) -> None:
    payment = make_payment()
    Payment.objects.filter(pk=payment.pk).update(expires_at=timezone.now())
    if has_ended:
        expire_unpaid(timezone.now())
    html = seen(buyer, payment)
    assert ("Mã QR này đã hết giờ" in html) is has_ended
    assert "Đơn này đã hết giờ" not in html
    (main,) = re.findall(r'button-big button-wide" type="submit" name="provider" value="(\w+)"', html)
    fresh = buyer.post(page(payment, "cach-khac/"), {"provider": main}, follow=True).content.decode()
    again = payment.order.payments.latest("pk")
    assert (main, again.pk != payment.pk) == ("vietqr", True)
    assert again.reference in fresh and "data-seconds-left" in fresh
    assert reread(payment).state == Payment.State.EXPIRED


def test_once_the_time_is_over_who_has_sent_a_part_is_not_asked_for_all_of_it(buyer: Client) -> None:
    payment = make_payment()
    confirm_payment(payment, amount=100_000)
    Payment.objects.filter(pk=payment.pk).update(expires_at=timezone.now())
    html = seen(buyer, payment)
    assert 'name="provider"' not in html
    assert "Xem lại" in html


def test_cash_says_what_to_have_ready(buyer: Client) -> None:
    assert "Trả 150.000\u00a0₫ khi nhận hàng" in seen(buyer, make_payment(provider="cash_on_delivery"))


def test_after_a_failure_the_buyer_can_choose_again(buyer: Client) -> None:
    payment = make_payment()
    fail_payment(payment)
    html = seen(buyer, payment)
    assert 'value="vietqr"' in html
    assert 'value="cash_on_delivery"' in html


WHAT_NOW = {
    Reason.CANCELLED: "Hãy trả lại lần nữa hoặc chọn cách khác",
    Reason.EXPIRED: "và chưa bị trừ tiền. Mời bạn thử lại",
    Reason.INSUFFICIENT: "Tài khoản không đủ tiền hoặc đã hết hạn mức trong ngày",
    Reason.REVERSED: "sẽ tự trả lại tiền cho bạn. Mời bạn chọn cách khác",
    Reason.REFUSED: "không nhận khoản thanh toán này. Mời bạn chọn cách khác",
    Reason.UNREACHABLE: "hiện không trả lời và chưa bị trừ tiền",
}
"""What the buyer is to know and to do next."""


@pytest.mark.parametrize("reason", WHAT_NOW)
def test_each_reason_has_its_own_next_step(buyer: Client, reason: Reason, settings: Any) -> None:
    settings.PAYMENT_RAILS = [*settings.PAYMENT_RAILS, "vnpay"]
    payment = make_payment(provider="vnpay")
    fail_payment(payment, reason=reason)
    html = seen(buyer, payment)
    assert [told for told, words in WHAT_NOW.items() if words in html] == [reason]
    again = reason in (Reason.CANCELLED, Reason.EXPIRED)
    main = re.search(r'button-big button-wide" type="submit" name="provider" value="(\w+)"', html)
    assert main and (main[1] == "vnpay") is again, "one next step stands out"
    assert html.count(f'value="{main[1]}"') == 1
    assert "Lần trả tiền này chưa được" in html
    assert 'value="vietqr"' in html
    assert ("chưa bị trừ tiền" in html.lower()) == (reason not in (Reason.REVERSED, Reason.REFUSED))


def test_a_newer_attempt_hides_no_paid_one(buyer: Client) -> None:
    paid = make_payment()
    confirm_payment(paid, amount=TOTAL)
    newer = make_payment(paid.order, provider="vnpay")
    assert newer.pk > paid.pk
    assert state(buyer, newer).startswith(f"paid-{paid.pk}-")


def test_money_that_is_being_checked_is_not_asked_for_again(buyer: Client) -> None:
    payment = make_payment(provider="vnpay")
    note_reason(payment, Reason.HELD)
    html = seen(buyer, payment)
    assert f"{registry.provider('vnpay').label} đang kiểm tra giao dịch" in html
    assert f"Bạn đừng trả đơn {spaced(payment.order.number)} lần nữa: có kết quả chợ sẽ nhắn ngay" in html
    assert not [words for words in WHAT_NOW.values() if words in html]
    assert "cach-khac" not in html
    assert "data-payment" in html
    answer = buyer.post(page(payment, "cach-khac/"), {"provider": "vietqr"}, follow=True)
    assert "vẫn đang kiểm tra giao dịch của bạn. Bạn đừng trả tiền lần nữa" in answer.content.decode()
    orders.expire(payment.order)
    html = seen(buyer, payment)
    assert "Đơn này đã hết giờ" in html
    assert "Bạn đừng trả tiền lần nữa: có kết quả chợ sẽ nhắn ngay" in html


def test_goods_held_into_the_next_day_say_so(buyer: Client) -> None:
    payment = make_payment(provider="vnpay")
    note_reason(payment, Reason.HELD)
    fail_payment(payment, reason=Reason.REVERSED)
    until = timezone.localtime(reread(payment).order.expires_at)
    assert f"hàng giữ cho bạn đến {until:%H:%M %d/%m}" in seen(buyer, payment)
    answer = buyer.get(reverse("tracking:order", args=[payment.order.number]))
    assert f"giữ hàng cho bạn đến {until:%H:%M %d/%m}" in answer.content.decode()


def test_a_card_that_was_declined_on_a_page_that_stays_open_says_why(
    buyer: Client, scripted_rail: type[ScriptedRail]
) -> None:
    payment = make_payment(provider="testrail")
    before = state(buyer, payment)
    assert 'role="alert"' not in seen(buyer, payment)
    note_reason(payment, Reason.INSUFFICIENT)
    html = seen(buyer, payment)
    assert "Tài khoản không đủ tiền" in html
    assert "thử thẻ hoặc tài khoản khác ngay trên trang đó" in html
    assert "chọn cách khác" not in html
    main = re.search(r'<a class="button button-big button-wide" href="([^"]*)"[^>]*>([^<]*)</a>', html)
    assert main and main.groups() == (payment.instructions["redirect_url"], "Thử lại trên trang đó")
    assert state(buyer, payment) != before
    note_reason(payment, Reason.REFUSED)
    assert "Mời bạn thử cái khác ngay trên trang đó" in seen(buyer, payment)


def test_another_way_is_one_tap(buyer: Client) -> None:
    payment = make_payment()
    answer = buyer.post(page(payment, "cach-khac/"), {"provider": "cash_on_delivery"}, follow=True)
    assert "khi nhận hàng" in answer.content.decode()
    assert reread(payment).state == Payment.State.CANCELLED


def test_a_refused_switch_says_why(buyer: Client) -> None:
    payment = make_payment(make_order(3_000_001))
    answer = buyer.post(page(payment, "cach-khac/"), {"provider": "cash_on_delivery"}, follow=True)
    assert escape("không trả được bằng cách đó") in answer.content.decode()
    assert reread(payment).is_open


def test_the_code_is_a_picture_to_scan_and_one_to_keep(buyer: Client) -> None:
    payment = make_payment()
    svg = buyer.get(page(payment, "ma-qr.svg"))
    assert svg["Content-Type"] == "image/svg+xml"
    assert svg.content.startswith(b"<?xml")
    assert b"style=" not in svg.content
    png = buyer.get(page(payment, "ma-qr.png"))
    assert png.content.startswith(b"\x89PNG")
    assert png["Content-Disposition"] == f'attachment; filename="{payment.reference}.png"'


def test_cash_has_no_code(buyer: Client) -> None:
    assert buyer.get(page(make_payment(provider="cash_on_delivery"), "ma-qr.svg")).status_code == 404


def test_the_pretended_bank_is_linked_only_where_it_exists(buyer: Client, settings: object) -> None:
    payment = make_payment()
    assert "ngân hàng mô phỏng" not in seen(buyer, payment)
    settings.BANK_SIMULATOR_PORT, settings.SITE_URL = 8100, "http://cho.test:8000"  # type: ignore[attr-defined]
    html = seen(buyer, payment)
    assert "http://cho.test:8100/?payload=" in html
    settings.DEMO = False  # type: ignore[attr-defined]
    assert "ngân hàng mô phỏng" not in seen(buyer, payment)


def test_the_shown_code_is_the_one_that_is_drawn(buyer: Client) -> None:
    payment = make_payment()
    confirm_payment(payment, amount=100_000)
    transfer = parse(reread(payment).instructions["qr_payload"])
    assert (transfer.amount, transfer.account) == (50_000, "0123499999")


def test_asking_how_it_stands_is_cheap(
    buyer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    payment = make_payment()
    state(buyer, payment)
    with django_assert_max_num_queries(4):  # session, user, order, payment
        state(buyer, payment)


@pytest.mark.parametrize("rest", ["", "tinh-trang/", "ma-qr.svg"])
def test_a_stranger_sees_nothing(client: Client, rest: str) -> None:
    payment = make_payment()
    assert client.get(page(payment, rest)).status_code == 404
    client.force_login(stranger())
    assert client.get(page(payment, rest)).status_code == 404
    assert client.post(page(payment, "cach-khac/"), {"provider": "vietqr"}).status_code == 404
    assert client.get("/don-hang/0000000000/tra-tien/" + rest).status_code == 404
