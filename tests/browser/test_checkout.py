"""A guest orders with a thumb, with the keyboard and without a script; nothing is ordered twice."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from marketplace.address.loading import load_places
from marketplace.order.models import Order, ShippingAddress
from marketplace.shipping.loading import load_tariff
from tests.factories import anh_tam, htx_dong_phu

pytestmark = pytest.mark.browser
Visitor = Callable[..., Page]
Offer = Callable[..., object]

BUTTON = "#summary .bar button"
COUNTED = "#summary input[name=agreed_total]"


@pytest.fixture
def fill(offer: Offer) -> Callable[[Page], None]:
    """Two farms' goods in the basket, name, phone and street in the form; the place is still open."""
    load_places()
    load_tariff()
    goods = [offer("Hạt điều rang", partner=anh_tam()), offer("Hạt điều sống", partner=htx_dong_phu())]

    def filled(page: Page) -> None:
        for product in goods:
            page.context.request.post(
                "/gio-hang/them/",
                form={"product": str(product.pk), "quantity": "1"},
                headers={"Sec-Fetch-Site": "same-origin"},
            )
        page.goto("/thanh-toan/")
        page.fill("[name=name]", "Nguyễn Thị Lan")
        page.fill("[name=phone]", "0912 000 001")
        page.fill("[name=line1]", "12 Hoàng Diệu")

    return filled


def test_a_suggestion_brings_the_shipping_and_a_double_tap_orders_once(
    visitor: Visitor, fill: Callable[[Page], None]
) -> None:
    page = visitor()
    fill(page)
    page.locator("[name=place]").press_sequentially("quan ba dinh")
    first = page.locator("[role=option]").first
    first.wait_for()
    assert first.evaluate("it => it.getBoundingClientRect().bottom < innerHeight / 2")
    first.click()
    page.wait_for_selector(COUNTED, state="attached")
    page.dblclick(BUTTON)
    page.wait_for_url("**/tra-tien/**")
    assert Order.objects.count() == 1
    assert ShippingAddress.objects.get().typed_place == "quan ba dinh"


def test_the_keyboard_alone_orders(visitor: Visitor, fill: Callable[[Page], None]) -> None:
    page = visitor()
    fill(page)
    page.locator("[name=place]").press_sequentially("tp dong xoai")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(COUNTED, state="attached")
    page.focus("[name=name]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tra-tien/**")
    assert Order.objects.get().shipping_address.commune_id == "25210"


def test_without_a_script_the_place_is_chosen_and_the_sum_is_seen_first(
    visitor: Visitor, fill: Callable[[Page], None]
) -> None:
    page = visitor(java_script_enabled=False)
    fill(page)
    page.fill("[name=place]", "ba dinh")
    page.click(BUTTON)
    page.get_by_label("Phường Ba Đình, Hà Nội").check()
    page.click(BUTTON)
    assert not Order.objects.exists()
    page.locator("[value=cash_on_delivery]").check()
    page.click(BUTTON)
    page.wait_for_url("**/don-hang/**")
    assert Order.objects.get().shipping_address.commune_id == "00004"


def test_after_errors_and_an_order_back_leads_to_the_basket(
    visitor: Visitor, fill: Callable[[Page], None]
) -> None:
    page = visitor()
    fill(page)
    page.fill("[name=phone]", "091")
    page.fill("[name=place]", "xã Minh Hưng, huyện Bù Đăng")
    page.click(BUTTON)
    page.wait_for_selector(".error-summary")
    assert page.input_value("[name=line1]") == "12 Hoàng Diệu"
    assert Axe().run(page).violations_count == 0
    page.fill("[name=phone]", "0912 000 001")
    page.click(BUTTON)
    page.wait_for_url("**/tra-tien/**")
    page.go_back()
    page.wait_for_url("**/gio-hang/")
    assert Order.objects.count() == 1
