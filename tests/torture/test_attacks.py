"""The attacks of `make torture`, small: over HTTP, against a server of its own on this test's database."""

import importlib
from collections.abc import Iterator

import pytest

from marketplace.address.loading import load_places
from marketplace.outbox import tasks
from marketplace.shipping.loading import load_tariff
from marketplace.torture.__main__ import ATTACKS
from marketplace.torture.market import open_market, stock_the_market
from tests.run.running import spare_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def market(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(tasks, "nudge", tasks.nudge)  # the market stops it; put it back
    load_places()
    load_tariff()
    stock_the_market()
    with open_market(spare_port()) as address:
        yield address


@pytest.mark.parametrize("name", ATTACKS)
def test_the_market_withstands(name: str, market: str) -> None:
    module = importlib.import_module(f"marketplace.torture.{ATTACKS[name]}")
    finding = module.attack(market, small=True, seed=7)
    assert finding.holds, finding.as_dict()
