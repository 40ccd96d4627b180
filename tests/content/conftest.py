from collections.abc import Callable

import pytest

from catalogue.listing.refresh import refresh_listings
from catalogue.models import Crop
from farmers.partner.models import Partner
from marketplace.content.models import FarmStoryPage, HomePage, StoryIndexPage
from tests.factories import make_product


@pytest.fixture
def home(db: None) -> HomePage:
    return HomePage.objects.get()


@pytest.fixture
def offer(crops: None, db: None) -> Callable[..., object]:
    """Put a product of a crop on sale, listed as readers see it."""

    def put(title: str, crop: str = "cashew_roasted", **fields: object) -> object:
        product = make_product(title, crop=Crop.objects.get(code=crop), **fields)
        refresh_listings([product.pk])
        return product

    return put


@pytest.fixture
def tell(db: None) -> Callable[..., FarmStoryPage]:
    def add(title: str, farm: Partner | None = None, **fields: object) -> FarmStoryPage:
        story = FarmStoryPage(title=title, intro="Chuyện ngắn.", farm=farm, **fields)
        StoryIndexPage.objects.get().add_child(instance=story)
        return story

    return add
