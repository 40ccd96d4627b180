"""The whole purchase by clicking, on a running market: two farms in one basket, paid at the bank, sent."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visiting import Visitor
from tests.run.running import Market
from tests.run.signing_in import sign_in

pytestmark = pytest.mark.browser
MONEY_TAKES = 30_000  # milliseconds: a worker may be busy with other things


def buy(page: Page, query: str, *, not_from: str = "") -> str:
    """Put the first result of another farm into the basket; returns the farm's address."""
    page.goto("/")
    page.locator("input[name=q]").first.fill(query)
    page.keyboard.press("Enter")
    page.wait_for_url("**/tim-kiem/**")
    addresses = page.locator("main .card a").evaluate_all("links => links.map(link => link.pathname)")
    for address in dict.fromkeys(a for a in addresses if re.fullmatch(r"/san-pham/[^/]+-\d+/", a)):
        page.goto(address)
        farm = page.locator("a[href^='/nha-vuon/']").first.get_attribute("href") or ""
        button = page.locator("form[action='/gio-hang/them/'] button[type=submit]")
        if farm != not_from and button.count():
            button.first.click()
            page.wait_for_url("**/gio-hang/**")
            return farm
    raise AssertionError(f"nothing of a second farm for {query}")


def test_from_the_search_to_two_parcels_on_their_way(visitor: Visitor, market: Market) -> None:
    buyer = visitor()
    first = buy(buyer, "hat dieu")
    second = buy(buyer, "ho tieu", not_from=first)
    buyer.goto("/thanh-toan/")
    buyer.fill("[name=name]", "Khách Dạo Chợ")
    buyer.fill("[name=phone]", "0912 000 078")
    buyer.fill("[name=line1]", "Số 3 ngõ Lúa")
    buyer.locator("[name=place]").press_sequentially("ba dinh ha noi")
    buyer.locator("[role=option]").first.click()
    buyer.wait_for_selector("#summary input[name=agreed_total]", state="attached")
    buyer.locator("input[name=payment][value=vietqr]").check()
    buyer.locator("#summary .bar button").click()
    buyer.wait_for_url("**/tra-tien/")
    number = buyer.url.split("/don-hang/")[1].split("/")[0]

    buyer.get_by_role("link", name="ngân hàng mô phỏng").click()
    buyer.get_by_role("button", name="Chuyển đúng").click()
    buyer.get_by_role("link", name="Về trang đơn hàng").click()
    expect(buyer.get_by_role("heading", level=1)).to_contain_text("Đã nhận", timeout=MONEY_TAKES)

    buyer.goto(f"/don-hang/{number}/")
    parcels = set(re.findall(r"\bK\d{10}\b", buyer.locator("main").inner_text()))
    for at, farm in enumerate((first, second)):
        hand_over(visitor(), market, farm, parcels, f"VTP00{at}")
    buyer.goto(f"/don-hang/{number}/")
    for at in range(2):
        expect(buyer.locator("main")).to_contain_text(f"VTP00{at}")


def hand_over(page: Page, market: Market, farm: str, parcels: set[str], tracking: str) -> None:
    sign_in(page, market.phone_of(farm), "/ban-hang/")
    page.locator(", ".join(f"a[href*='/ban-hang/don/{number}/']" for number in parcels)).first.click()
    page.get_by_role("button", name="Nhận đơn").click()
    page.wait_for_selector("#giao")
    slip = page.request.get(page.locator("a[href*='phieu.pdf']").first.get_attribute("href") or "")
    assert slip.body().startswith(b"%PDF")
    page.get_by_label("Viettel Post").check()
    page.locator("#giao [name=tracking_number]").fill(tracking)
    page.locator("button[form=giao]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đang giao")
