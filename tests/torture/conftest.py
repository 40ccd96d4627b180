import os
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from marketplace.address.loading import load_places
from marketplace.bench.database import copied_database
from marketplace.outbox import tasks
from marketplace.shipping.loading import load_tariff
from marketplace.torture.market import no_nudge, stock_the_market
from marketplace.torture.rails.pretended import NOTIFIERS, NOWHERE, OFFERED


@pytest.fixture(scope="package")
def stocked(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Made once, beside the database of the other tests."""
    with django_db_blocker.unblock(), copied_database(f"stocked_{os.getpid()}"):
        load_places()
        load_tariff()
        stock_the_market()
        yield


@pytest.fixture
def attackable(stocked: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As marketplace.torture.settings have it; what an open market stops in this process is put back."""
    settings.PAYMENT_RAILS, settings.VNPAY_API_URL = OFFERED, NOWHERE
    settings.BANK_NOTIFIERS = NOTIFIERS
    monkeypatch.setattr(tasks, "nudge", no_nudge)
