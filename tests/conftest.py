import itertools
import os
import shutil
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.db import transaction
from django.test import TransactionTestCase
from playwright.sync_api import Browser, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from catalogue.crop_table import load_crops
from marketplace.pagecache import memory
from marketplace.run.preparation import collect_garbage_seldom
from tests import databases
from tests.scheduling import Scheduling

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
TURNS = itertools.count(1)
LOOPBACK = ("127.", "::1", "localhost")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is None:
        skip = pytest.mark.skip(reason="no Chromium: `apt-get install chromium` (make test does it as root)")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(skip)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)


def pytest_collection_finish() -> None:
    """What is imported by now stays; looking through it for garbage again and again takes a tenth of the time."""
    collect_garbage_seldom()


def pytest_configure() -> None:
    """No test talks to the outside; an audit hook sees every library, however it opens its sockets."""

    def refuse_outside(event: str, arguments: tuple[object, ...]) -> None:
        if event == "socket.connect" and isinstance(arguments[1], tuple):
            host = str(arguments[1][0])
            if not host.startswith(LOOPBACK):
                raise RuntimeError(f"A test tried to reach {host}; tests stay on this machine.")

    sys.addaudithook(refuse_outside)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Give each pytest process a copy of the migrated template; what tests commit in it is taken back.

    Django would empty all tables after such a test, Wagtail's root page and the communes included.
    """
    with django_db_blocker.unblock(), databases.own_database(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda test_case: databases.restore())
        django_db_blocker.block()
        yield
        django_db_blocker.unblock()


@pytest.fixture(scope="module")
def crops(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Every crop of the table, in a transaction around all tests of a module; theirs are savepoints in it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_crops()
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def cache_prefix() -> Iterator[str]:
    """What the cache keys of this pytest process begin with; they are removed when it ends."""
    prefix = f"test-{os.getpid()}-"
    yield prefix
    client = caches["default"]._cache.get_client()
    for key in client.scan_iter(f"{prefix}*"):
        client.unlink(key)


@pytest.fixture(autouse=True)
def _empty_cache(cache_prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with an empty cache, also in threads; other pytest processes on the same Valkey keep theirs."""
    monkeypatch.setattr(RedisCache, "clear", _refuse_to_clear)
    prefix = f"{cache_prefix}{next(TURNS)}"
    caches.settings["default"]["KEY_PREFIX"] = prefix
    caches["default"].key_prefix = prefix


def _refuse_to_clear(cache: RedisCache) -> None:
    raise RuntimeError("It empties the whole Valkey, and other pytest processes lose what they count there.")


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What tests change in a transaction of their own moves no counter, so nothing is kept by it."""
    memory.forget()
    monkeypatch.setattr(memory.services, "version", lambda: None)


QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright's own loop runs in this thread; the tests beside it are not asynchronous
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()
