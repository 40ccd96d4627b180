"""A real browser on the real site. A page that logs an error (a refused script, a missing file) fails its test."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from catalogue.crop_table import load_crops
from catalogue.listing.refresh import refresh_listings
from catalogue.models import Crop
from tests.conftest import CHROMIUM
from tests.factories import make_product

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright's own loop runs in this thread; the tests beside it are not asynchronous
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_QUIET)
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """visitor(**options of the browser) opens a page on a phone; whatever it complains of fails the test."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    def visit(**options: object) -> Page:
        context = chromium.new_context(base_url=live_server.url, **{"viewport": PHONE} | options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def offer(transactional_db: None) -> Callable[..., object]:
    """Put a product of a crop on sale, listed as readers see it."""
    load_crops()

    def put(title: str, crop: str = "cashew_roasted", **fields: object) -> object:
        product = make_product(title, crop=Crop.objects.get(code=crop), **fields)
        refresh_listings([product.pk])
        return product

    return put
