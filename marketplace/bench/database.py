"""A scratch database beside the market's own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from django.core.management import call_command
from django.db import connection, connections

from marketplace.address.loading import load_places
from marketplace.shipping.loading import load_tariff

NAME = "nongsan_bench"


@contextmanager
def scratch_database(name: str = NAME) -> Iterator[str]:
    """Point Django at an empty migrated database of its own; its URL for the servers. Dropped at the end."""
    with _database(name):
        call_command("migrate", verbosity=0, interactive=False)
        load_places()
        load_tariff()
        yield current_url()


@contextmanager
def copied_database(name: str) -> Iterator[str]:
    """Point Django at a copy of the database it points at, to be spoilt; its URL. Dropped at the end."""
    with _database(name, template=connection.settings_dict["NAME"]):
        yield current_url()


@contextmanager
def _database(name: str, *, template: str = "template1") -> Iterator[None]:
    home = connection.settings_dict["NAME"]
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    _administer(drop, f"CREATE DATABASE {name} TEMPLATE {template}")
    _switch_to(name)
    try:
        yield
    finally:
        _switch_to(home)
        _administer(drop)


@contextmanager
def kept_database() -> Iterator[Callable[[], None]]:
    """Call what it yields to have the database that Django points at again as it is now, whoever is connected."""
    name = connection.settings_dict["NAME"]
    kept = f"{name}_kept"
    _administer(*_copy(name, to=kept))
    try:
        yield lambda: _administer(*_copy(kept, to=name))
    finally:
        _administer(f"DROP DATABASE {kept}")


def _copy(name: str, *, to: str) -> tuple[str, ...]:
    """Whoever is connected to either is cut off: PostgreSQL copies only what nobody uses."""
    return (
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        f"DROP DATABASE IF EXISTS {to} WITH (FORCE)",
        f"CREATE DATABASE {to} TEMPLATE {name}",
    )


def settle() -> None:
    """Let PostgreSQL know the size of what was filled in, and write it down before anything is measured."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def current_url() -> str:
    """Of the database that Django points at now, for processes started by this one.

    libpq takes every part as a parameter, whether the server listens on a socket or a port.
    """
    known = connection.settings_dict
    place = f"?host={known['HOST']}" if str(known["HOST"]).startswith("/") else ""
    host = "" if place else known["HOST"]
    port = f":{known['PORT']}" if known["PORT"] else ""
    return f"postgresql://{known['USER']}:{known['PASSWORD']}@{host}{port}/{known['NAME']}{place}"


def _administer(*statements: str) -> None:
    parameters = {**connection.get_connection_params(), "dbname": "postgres"}
    connections.close_all()
    with psycopg.connect(**parameters, autocommit=True) as session:
        for statement in statements:
            session.execute(statement)


def _switch_to(name: str) -> None:
    connections.close_all()
    connection.settings_dict["NAME"] = name
