"""A seller's way through the console, on a phone: signing in, orders, goods."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from marketplace.messaging import codes
from marketplace.order.models import SellerOrder
from marketplace.order.services import move
from tests.browser.visiting import DESK, PHONE
from tests.factories import anh_tam, make_order, make_paid_order, stock_of

pytestmark = pytest.mark.browser
Visitor = Callable[..., Page]
Offer = Callable[..., object]
AT_THE_DOOR = {"payment_method": "cash_on_delivery", "pays_on_delivery": True}


def sign_in(page: Page) -> Page:
    """As anh Tâm, by typing the number and the code."""
    page.goto("/tai-khoan/dang-nhap/?next=/ban-hang/")
    page.get_by_label("Số điện thoại").fill("0912 000 002")
    page.get_by_role("button", name="Gửi mã cho tôi").click()
    page.get_by_label("Mã 6 số").fill(codes.recent()[0][1])
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/ban-hang/")
    return page


def test_the_code_can_be_sent_again_after_a_while(visitor: Visitor, offer: Offer) -> None:
    anh_tam()
    page = visitor()
    page.goto("/tai-khoan/dang-nhap/")
    page.get_by_label("Số điện thoại").fill("0912 000 002")
    page.get_by_role("button", name="Gửi mã cho tôi").click()
    again = page.get_by_role("button", name="Gửi lại")
    expect(again).to_be_disabled()
    expect(again).to_contain_text("giây")
    expect(page.get_by_label("Mã 6 số")).to_be_focused()


def test_an_order_goes_from_new_to_handed_over(visitor: Visitor, offer: Offer) -> None:
    part = make_paid_order((offer("Hạt điều rang muối", partner=anh_tam()), 2)).seller_orders.get()
    page = sign_in(visitor())
    expect(page.get_by_role("heading", level=1)).to_contain_text("1")
    page.get_by_role("link", name="Nguyễn Thị Lan").click()
    page.get_by_role("button", name="Nhận đơn").click()
    expect(page.get_by_role("link", name="0912 000 001")).to_be_visible()
    page.get_by_label("Viettel Post").check()
    page.get_by_role("button", name="Đã gửi hàng").click()
    expect(page.get_by_role("alert")).to_contain_text("mã trên biên nhận")
    expect(page.get_by_label("Viettel Post")).to_be_checked()
    page.get_by_label("Mã vận đơn").fill("VTP123")
    page.get_by_role("button", name="Đã gửi hàng").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đang giao")
    part.refresh_from_db()
    assert part.tracking_number == "VTP123"


def test_taps_on_plus_are_booked_together_without_leaving_the_row(visitor: Visitor, offer: Offer) -> None:
    product = offer("Hạt điều rang muối", partner=anh_tam(), stock=10)
    page = sign_in(visitor())
    page.goto("/ban-hang/san-pham/")
    page.evaluate("window.untouched = true")
    plus = page.get_by_role("button", name="Thêm một")
    for _ in range(3):
        plus.click()
    expect(page.get_by_text("Còn bán được 13 gói")).to_be_visible()
    page.get_by_role("button", name="Tạm hết").click()
    expect(page.get_by_text("Tạm hết: khách chưa đặt được")).to_be_visible()
    expect(page.get_by_role("button", name="Tạm hết")).to_be_focused()
    assert page.evaluate("window.untouched")
    record = stock_of(product)
    assert (record.num_in_stock, record.is_paused) == (13, True)


def test_the_stock_is_counted_without_scripts_too(visitor: Visitor, offer: Offer) -> None:
    product = offer("Hạt điều rang muối", partner=anh_tam(), stock=10)
    page = sign_in(visitor(java_script_enabled=False))
    page.goto("/ban-hang/san-pham/")
    page.get_by_role("spinbutton").fill("4")
    page.get_by_role("button", name="Lưu số gói").click()
    assert page.url.endswith(f"/ban-hang/san-pham/#p{product.pk}")
    assert stock_of(product).num_in_stock == 4


def test_the_form_says_the_price_of_a_kilogram_as_it_is_typed(visitor: Visitor, offer: Offer) -> None:
    anh_tam()
    page = sign_in(visitor())
    page.goto("/ban-hang/san-pham/them/")
    page.get_by_label("Một gói nặng").fill("250g")
    page.get_by_label("Giá một gói").fill("95k")
    expect(page.get_by_text("= 380.000\u00a0₫/kg")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_serious_and_nothing_spills(
    visitor: Visitor, offer: Offer, size: dict[str, int]
) -> None:
    product = offer("Hạt điều rang muối vỏ lụa Bù Đăng, vụ mới", partner=anh_tam())
    new = make_order((product, 2), **AT_THE_DOOR).seller_orders.get()
    packing = make_paid_order((product, 1)).seller_orders.get()
    move(packing, SellerOrder.Status.PACKING)
    page = sign_in(visitor(viewport=size))
    for path in (
        "/ban-hang/",
        "/ban-hang/?xem=xong",
        "/ban-hang/tien/",
        f"/ban-hang/tien/{timezone.localdate():%Y/%-m}/",
        f"/ban-hang/tien/don/{new.number}/",
        f"/ban-hang/don/{new.number}/",
        f"/ban-hang/don/{packing.number}/",
        f"/ban-hang/don/{packing.number}/huy/",
        "/ban-hang/san-pham/",
        f"/ban-hang/san-pham/{product.pk}/",
        "/tai-khoan/",
    ):
        page.goto(path)
        found = Axe().run(page).response["violations"]
        assert [(path, fault["id"]) for fault in found if fault["impact"] in {"serious", "critical"}] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
