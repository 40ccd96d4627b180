"""A real browser on the real site. A page that logs an error (a refused script, a missing file) fails its test."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from catalogue.crop_table import load_crops
from catalogue.listing.refresh import refresh_listings
from catalogue.models import Crop
from tests.browser.visiting import Visitor, visits
from tests.factories import make_product


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
