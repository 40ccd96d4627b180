import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from marketplace.embedded import locks
from marketplace.run.configuration import Configuration, from_environment
from marketplace.run.steps import DEMO, MIGRATE, STATIC
from marketplace.run.stop import stop
from tests.browser.visiting import Visitor, visits
from tests.run.running import FIRST_START, VAR, Market


class Stage:
    """The place where one market at a time may run: starting one takes ten seconds of a processor."""

    def __init__(self) -> None:
        self.market: Market | None = None

    def open(self) -> Market:
        """The market, left open by the module before."""
        self.market = self.market or Market().wait_until_open()
        return self.market

    def close(self) -> None:
        if self.market:
            self.market.end()
        self.market = None


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Only one pytest process at a time may run the market of the tests."""
    VAR.mkdir(parents=True, exist_ok=True)
    lock = locks.open_lock(VAR / "tests.lock")
    locks.lock_within(lock, FIRST_START * 2, what="another test of the run")
    stop(_here())
    stage = Stage()
    yield stage
    stage.close()
    os.close(lock)


@pytest.fixture(scope="module")
def alone(stage: Stage) -> Iterator[None]:
    """For modules that start their own."""
    stage.close()
    yield
    stop(_here())


@pytest.fixture(scope="module")
def prepared(alone: None) -> None:
    """The market of the tests has been open before."""
    if not all(step.is_done(_here()) for step in (MIGRATE, STATIC, DEMO)):
        Market().wait_until_open().end()


@pytest.fixture(scope="module")
def market(stage: Stage) -> Market:
    return stage.open()


@pytest.fixture
def visitor(chromium: Browser, market: Market) -> Iterator[Visitor]:
    """A browser on the running market."""
    with visits(chromium, f"http://127.0.0.1:{market.port}") as visit:
        yield visit


def _here() -> Configuration:
    return replace(from_environment(reload=False), var=VAR)
