import os
from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from marketplace.address.loading import load_places
from marketplace.bench.database import copied_database
from marketplace.shipping.loading import load_tariff
from marketplace.torture.market import stock_the_market


@pytest.fixture(scope="package")
def stocked(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Made once, beside the database of the other tests."""
    with django_db_blocker.unblock(), copied_database(f"stocked_{os.getpid()}"):
        load_places()
        load_tariff()
        stock_the_market()
        yield
