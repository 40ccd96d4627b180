"""Sign in on the running market as a person does: number, code from the demo's page of codes."""

import re

from playwright.sync_api import Page

from marketplace.demo.records import Staff
from tests.second_factor import code_of_app


def sign_in(page: Page, phone: str, then: str) -> None:
    """``phone`` as people dial it; ends on the page ``then``."""
    page.goto(f"/tai-khoan/dang-nhap/?next={then}")
    page.fill("[name=phone]", phone)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/tai-khoan/ma/**")
    codes = page.context.new_page()
    codes.goto("/thu/ma-dang-nhap/")
    row = codes.locator("tr", has_text=_spaced(phone)).first
    code = re.sub(r"\D", "", row.locator("strong").inner_text())
    codes.close()
    page.fill("[name=code]", code)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"**{then}**")


def _spaced(phone: str) -> re.Pattern[str]:
    """As the page writes it, wherever it puts spaces."""
    return re.compile(r"\s?".join(phone))


def sign_in_staff(page: Page, person: Staff, then: str) -> None:
    """With the code that the person's app shows now."""
    sign_in(page, person.phone.replace("+84", "0", 1), "")
    page.wait_for_url("**/hai-lop/**")
    page.fill("[name=code]", code_of_app(secret=person.app_secret))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    page.goto(then)
