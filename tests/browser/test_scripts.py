"""The small scripts, each by what a visitor sees."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from marketplace.order.links import order_link
from payments.services import confirm_payment, open_payment
from tests.browser.visiting import DESK
from tests.factories import make_order

pytestmark = pytest.mark.browser
Visitor = Callable[..., Page]
Offer = Callable[..., object]


def test_the_basket_counts_and_a_double_tap_buys_once(visitor: Visitor, offer: Offer) -> None:
    product = offer("Hạt điều rang củi")
    page = visitor()
    page.goto(product.get_absolute_url())
    page.get_by_role("button", name="Thêm vào giỏ").dblclick()
    expect(page).to_have_url("/gio-hang/")
    page.goto("/")
    expect(page.locator("[data-basket-count]")).to_have_text("1")


def test_a_name_is_shown_as_text_whatever_it_holds(visitor: Visitor, transactional_db: None) -> None:
    page = visitor()
    page.goto("/")
    expect(page.get_by_role("link", name="Tôi", exact=True)).to_be_visible()
    page.evaluate("document.cookie = 'who=' + encodeURIComponent('<b>Lan</b>')")
    page.reload()
    expect(page.locator("[data-account-name]")).to_have_text("<b>Lan</b>")


def test_a_suggestion_is_taken_by_keyboard(visitor: Visitor, offer: Offer) -> None:
    offer("Sầu riêng Ri6 chín cây", "durian")
    page = visitor()
    page.goto("/")
    box = page.get_by_role("combobox")
    box.press_sequentially("sau rieng ri6")
    option = page.get_by_role("option", name="Sầu riêng Ri6 chín cây")
    expect(option).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowUp")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", option.get_attribute("id"))
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sầu riêng Ri6 chín cây")


def test_escape_puts_the_suggestions_away_and_keeps_the_words(visitor: Visitor, offer: Offer) -> None:
    offer("Sầu riêng Ri6", "durian")
    page = visitor()
    page.goto("/")
    box = page.get_by_role("combobox")
    box.press_sequentially("sau rieng")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("sau rieng")


def test_the_quantity_stays_within_what_is_left(visitor: Visitor, offer: Offer) -> None:
    page = visitor()
    page.goto(offer("Mật ong rừng", "honey", stock=2).get_absolute_url())
    less, more = page.get_by_role("button", name="Bớt một"), page.get_by_role("button", name="Thêm một")
    number = page.locator("input[name=quantity]")
    expect(less).to_be_disabled()
    more.click()
    expect(number).to_have_value("2")
    expect(more).to_be_disabled()
    less.click()
    expect(number).to_have_value("1")


def test_filters_open_as_a_sheet_and_back_closes_them(visitor: Visitor, offer: Offer) -> None:
    offer("Hạt điều rang củi")
    page = visitor()
    page.goto("/san-pham/")
    sheet = page.locator("#loc")
    expect(sheet).to_be_hidden()
    page.locator(".filters-open").click()
    expect(sheet).to_be_visible()
    page.go_back()
    expect(sheet).to_be_hidden()


def test_on_a_desk_a_filter_needs_no_button_and_leaves_a_clean_address(
    visitor: Visitor, offer: Offer
) -> None:
    offer("Hạt điều rang củi")
    offer("Quýt đường", "mandarin")
    page = visitor(viewport=DESK)
    page.goto("/san-pham/")
    page.locator("#loc select[name=cay]").select_option(label="Quýt đường")
    expect(page.locator(".card")).to_have_count(1)
    assert page.url.partition("?")[2] == "cay=mandarin"


@pytest.mark.parametrize("path", ["/", "/san-pham/", "/tim-kiem/?q=hat+dieu", "/cau-chuyen/", "/gio-hang/"])
def test_pages_work_without_javascript(visitor: Visitor, offer: Offer, path: str) -> None:
    offer("Hạt điều rang củi")
    page = visitor(java_script_enabled=False)
    page.goto(path)
    page.get_by_role("searchbox").fill("hat dieu")
    page.get_by_role("button", name="Tìm").click()
    expect(page.get_by_role("link", name="Hạt điều rang củi")).to_be_visible()


def test_the_waiting_page_turns_when_the_money_is_in(visitor: Visitor, offer: Offer) -> None:
    order = make_order((offer("Hạt điều rang củi"), 2))
    payment = open_payment(order=order, provider="vietqr")
    page = visitor()
    page.goto(order_link(order).removeprefix(settings.SITE_URL))
    page.goto(reverse("payments:pay", args=[order.number]))
    clock = page.locator("[data-time-left]")
    before = clock.text_content()
    expect(clock).not_to_have_text(before)
    confirm_payment(payment, amount=payment.amount)
    expect(page.locator("[data-payment]")).to_have_count(0)


def test_what_is_to_be_typed_by_hand_can_be_copied(visitor: Visitor, offer: Offer) -> None:
    order = make_order((offer("Hạt điều rang củi"), 1))
    payment = open_payment(order=order, provider="vietqr")
    page = visitor(permissions=["clipboard-read", "clipboard-write"])
    page.goto(order_link(order).removeprefix(settings.SITE_URL))
    page.goto(reverse("payments:pay", args=[order.number]))
    page.locator(".copy-row", has_text=payment.reference).get_by_role("button").click()
    expect(page.get_by_text("Đã chép")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == payment.reference


def test_a_commune_is_found_by_its_plain_letters(visitor: Visitor, offer: Offer) -> None:
    page = visitor()
    page.goto(offer("Hạt điều rang củi").get_absolute_url())
    page.get_by_role("button", name="Thêm vào giỏ").click()
    box = page.get_by_role("combobox", name="Xã, phường và tỉnh")
    box.press_sequentially("bu dang")
    page.get_by_role("option", name="Xã Bù Đăng").click()
    expect(box).to_have_value("Xã Bù Đăng, Đồng Nai")
    expect(page.locator("#id_commune")).to_have_value("25396")
    box.press("Backspace")
    expect(page.locator("#id_commune")).to_have_value("")
