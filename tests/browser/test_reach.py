"""Pages for everybody: axe, the keyboard, large print, small screens."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page

from marketplace.content.models import FarmStoryPage, StoryIndexPage
from marketplace.order.links import order_link
from marketplace.order.models import SellerOrder
from marketplace.order.services import move
from payments.models import Payment
from payments.services import open_payment
from tests.browser.visiting import DESK, PHONE
from tests.factories import anh_tam, htx_dong_phu, make_order, make_paid_order

pytestmark = pytest.mark.browser
Visitor = Callable[..., Page]
Offer = Callable[..., object]

#: what has the focus, if something else is painted over the middle of it
COVERED = """() => {
    const it = document.activeElement, box = it.getBoundingClientRect();
    if (it === document.body) return null;
    const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
    const top = document.elementFromPoint(x, box.top + box.height / 2);
    const shown = top && (it.contains(top) || top.contains(it) || it.closest("label, .card")?.contains(top));
    return shown ? null : it.outerHTML.slice(0, 120);
}"""
#: a code to pay by is drawn at random: no letter is wider
WIDEST = "BPWWWWWWWW"

#: what sticks out to the right when the page does, innermost last
TOO_WIDE = """() => {
    const root = document.documentElement;
    if (root.scrollWidth <= innerWidth) return null;
    const out = [...document.body.querySelectorAll("*")].filter(it => it.getBoundingClientRect().right > innerWidth);
    return [root.scrollWidth, innerWidth, ...out.slice(-6).map(it => it.outerHTML.slice(0, 120))];
}"""


@pytest.fixture
def paths(offer: Offer) -> list[str]:
    farm = anh_tam()
    products = [offer(f"Hạt điều rang số {n}", partner=farm) for n in range(5)]
    story = FarmStoryPage(
        title="Ba đời giữ vườn", intro="Một câu.", farm=farm, body=[("words", "<p>Chuyện.</p>")]
    )
    StoryIndexPage.objects.get().add_child(instance=story)
    waiting = make_order((products[0], 1))
    payment = open_payment(order=waiting, provider="vietqr")
    Payment.objects.filter(pk=payment.pk).update(reference=WIDEST)
    followed = make_paid_order((products[1], 1), (offer("Tiêu đen", partner=htx_dong_phu()), 2))
    move(followed.seller_orders.earliest("pk"), SellerOrder.Status.PACKING)
    return [
        "/",
        "/san-pham/",
        "/san-pham/nhom/hat/",
        products[0].get_absolute_url(),
        "/tim-kiem/?q=khong co gi nhu the",
        "/cau-chuyen/",
        story.url,
        "/nha-vuon/nha-vuon-anh-tam/",
        "/gio-hang/",
        "/don-hang/",
        "/tai-khoan/dang-nhap/",
        order_link(followed).removeprefix(settings.SITE_URL),
        order_link(waiting).removeprefix(settings.SITE_URL),
        f"/don-hang/{waiting.number}/tra-tien/",
    ]


@pytest.mark.parametrize("look", [{"color_scheme": "light"}, {"color_scheme": "dark", "viewport": DESK}])
def test_axe_finds_nothing_serious(visitor: Visitor, paths: list[str], look: dict[str, object]) -> None:
    page = visitor(**look)
    found = []
    for path in paths:
        opened = page.goto(path)
        assert opened and opened.ok, path
        violations = Axe().run(page).response["violations"]
        found += [
            (path, violation["id"], violation["nodes"][0]["target"])
            for violation in violations
            if violation["impact"] in {"serious", "critical"}
        ]
    assert found == []


def test_nothing_with_the_focus_is_covered_by_a_bar(visitor: Visitor, paths: list[str]) -> None:
    page = visitor()
    covered = []
    for path in paths:
        page.goto(path)
        for _ in range(40):
            page.keyboard.press("Tab")
            covered += [(path, it) for it in [page.evaluate(COVERED)] if it]
    assert covered == []


@pytest.mark.parametrize("width", [320, PHONE["width"], 768, DESK["width"]])
def test_no_page_is_wider_than_the_screen(visitor: Visitor, paths: list[str], width: int) -> None:
    """320 CSS pixels is a desk at 400 % zoom (WCAG 1.4.10)."""
    page = visitor(viewport={"width": width, "height": 600})
    too_wide = []
    for path in paths:
        page.goto(path)
        too_wide += [(path, it) for it in [page.evaluate(TOO_WIDE)] if it]
    assert too_wide == []


def test_everything_to_tap_is_large_enough(visitor: Visitor, paths: list[str]) -> None:
    """Ours is 48 px and more both ways; links inside running text may be smaller (WCAG 2.5.8)."""
    page = visitor()
    small = []
    for path in paths:
        page.goto(path)
        small += page.eval_on_selector_all(
            "button, select, input:not([type=hidden], [type=checkbox], [type=radio]), .button, .door, .chip, .crop",
            """all => all.map(it => [it.outerHTML.slice(0, 80), it.getBoundingClientRect()])
                .filter(([_, box]) => box.width && (box.height < 48 || box.width < 48)).map(([it]) => it)""",
        )
    assert small == []


def test_the_first_tab_leads_past_the_header(visitor: Visitor, paths: list[str]) -> None:
    page = visitor()
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
