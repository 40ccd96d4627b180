from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pytest_django.live_server_helper import LiveServer

from tests.payments.simulators.gateways import Rail, open_rail
from tests.payments.simulators.processes import Shop, open_bank, open_shop


@pytest.fixture
def shop() -> Iterator[Shop]:
    with open_shop() as shop:
        yield shop


@pytest.fixture
def bank(shop: Shop) -> Iterator[httpx.Client]:
    with open_bank(shop.url) as client:
        yield client


@pytest.fixture(params=["momo", "vnpay", "zalopay"])
def rail(request: pytest.FixtureRequest, live_server: LiveServer, settings: Any) -> Iterator[Rail]:
    with open_rail(request.param, site=live_server.url, settings=settings) as rail:
        yield rail
