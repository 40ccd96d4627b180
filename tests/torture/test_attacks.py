"""The attacks of `make torture`, small: each over HTTP, on a copy of one stocked market that it may spoil."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from marketplace.bench.database import copied_database
from marketplace.outbox import tasks
from marketplace.torture.__main__ import ATTACKS, attack_of
from marketplace.torture.market import open_market
from marketplace.torture.rails import NOWHERE, OFFERED
from tests.run.running import spare_port


@pytest.fixture
def market(stocked: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    settings.PAYMENT_RAILS, settings.VNPAY_API_URL = OFFERED, NOWHERE
    monkeypatch.setattr(tasks, "nudge", tasks.nudge)  # the market stops it; put it back
    with copied_database(f"tortured_{os.getpid()}"), open_market(spare_port()) as address:
        yield address


@pytest.mark.parametrize("name", ATTACKS)
def test_the_market_withstands(name: str, market: str) -> None:
    finding = attack_of(name)(market, small=True, seed=7)
    assert finding.holds, finding.as_dict()
