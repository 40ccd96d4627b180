import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from marketplace.embedded import locks
from marketplace.run.configuration import from_environment
from marketplace.run.steps import DEMO, MIGRATE, STATIC
from marketplace.run.stop import stop
from tests.browser.visiting import Visitor, visits
from tests.run.running import FIRST_START, VAR, Market


@pytest.fixture(scope="module")
def alone() -> Iterator[None]:
    """Only one pytest process at a time may run the market of the tests."""
    VAR.mkdir(parents=True, exist_ok=True)
    lock = locks.open_lock(VAR / "tests.lock")
    locks.lock_within(lock, FIRST_START * 2, what="another test of the run")
    here = replace(from_environment(reload=False), var=VAR)
    stop(here)
    yield
    stop(here)
    os.close(lock)


@pytest.fixture(scope="module")
def prepared(alone: None) -> None:
    """The market of the tests has been open before."""
    here = replace(from_environment(reload=False), var=VAR)
    if not all(step.is_done(here) for step in (MIGRATE, STATIC, DEMO)):
        Market().wait_until_open().end()


@pytest.fixture(scope="module")
def market(alone: None) -> Iterator[Market]:
    market = Market().wait_until_open()
    yield market
    market.end()


@pytest.fixture
def visitor(chromium: Browser, market: Market) -> Iterator[Visitor]:
    """A browser on the running market."""
    with visits(chromium, f"http://127.0.0.1:{market.port}") as visit:
        yield visit
