"""A real browser on the real site. A page that logs an error (a refused script, a missing file) fails its test."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from catalogue.crop_table import load_crops
from catalogue.listing.refresh import refresh_listings
from catalogue.models import Crop
from tests.browser.visiting import Visitor, visits
from tests.conftest import CHROMIUM
from tests.factories import make_product

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
def visitor(chromium: Browser, live_server: LiveServer) -> Iterator[Visitor]:
    with visits(chromium, live_server.url) as visit:
        yield visit


@pytest.fixture
def offer(transactional_db: None) -> Callable[..., object]:
    """Put a product of a crop on sale, listed as readers see it."""
    load_crops()

    def put(title: str, crop: str = "cashew_roasted", **fields: object) -> object:
        product = make_product(title, crop=Crop.objects.get(code=crop), **fields)
        refresh_listings([product.pk])
        return product

    return put
