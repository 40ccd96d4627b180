from collections.abc import Iterator

import httpx
import pytest

from tests.payments.simulators.processes import Shop, open_bank, open_shop


@pytest.fixture
def shop() -> Iterator[Shop]:
    with open_shop() as shop:
        yield shop


@pytest.fixture
def bank(shop: Shop) -> Iterator[httpx.Client]:
    with open_bank(shop.url) as client:
        yield client
