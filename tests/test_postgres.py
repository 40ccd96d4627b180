"""A kept connection to PostgreSQL: trusted while the line is quiet, replaced once the server has hung up."""

from collections.abc import Iterator

import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept() -> Iterator[BaseDatabaseWrapper]:
    """A second connection, as a web worker keeps it between two requests."""
    line = connections.create_connection("default")
    line.settings_dict = {**line.settings_dict, "CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 60}
    line.connect()
    with line.cursor() as cursor:
        cursor.execute("SELECT 'the request before'")
    yield line
    line.close()


def _next_request(line: BaseDatabaseWrapper) -> str:
    """What PostgreSQL answers to the first statement of the next request."""
    line.close_if_unusable_or_obsolete()
    with line.cursor() as cursor:
        cursor.execute("SELECT 'answered'")
        return str(cursor.fetchone()[0])


def _backend(line: BaseDatabaseWrapper) -> int:
    return int(line.connection.info.backend_pid)


def _last_statement(backend: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [backend])
        return str(cursor.fetchone()[0])


def test_a_quiet_line_is_used_again_without_asking(kept):
    backend = _backend(kept)
    kept.close_if_unusable_or_obsolete()
    kept.ensure_connection()
    assert kept.is_usable()
    assert _last_statement(backend) == "SELECT 'the request before'"
    assert _next_request(kept) == "answered"
    assert _backend(kept) == backend


def test_after_an_error_the_server_is_asked(kept):
    kept.errors_occurred = True
    assert kept.is_usable()
    assert _last_statement(_backend(kept)) == "SELECT 1"


def test_a_line_that_the_server_closed_is_replaced(kept):
    backend = _backend(kept)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    assert _next_request(kept) == "answered"
    assert _backend(kept) != backend
