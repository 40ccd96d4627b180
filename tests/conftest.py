import shutil
import sys
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker

from tests import databases

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LOOPBACK = ("127.", "::1", "localhost")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is None:
        skip = pytest.mark.skip(reason="no Chromium: `apt-get install chromium` (make test does it as root)")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(skip)


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
    """Give each pytest process a copy of the migrated template; committing tests get a fresh one after.

    Django would empty all tables after such a test, Wagtail's root page and the communes included.
    """
    with django_db_blocker.unblock(), databases.own_database(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda test_case: databases.restore())
        django_db_blocker.block()
        yield
        django_db_blocker.unblock()


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()
