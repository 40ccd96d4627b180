"""Test databases as copies of one migrated template.

Migrating takes half a minute of CPU, copying a second or two. The template is named by a fingerprint of the
migrations, so it is built once and again only after they change. Each pytest process has its own copy; what tests
commit is taken back in it, which is quicker than another copy.
"""

import contextlib
import hashlib
import os
import platform
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import psutil
import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from tests.undoing import Untouched

#: Tells our databases on a server that other machines and checkouts may use too.
PREFIX = "t" + hashlib.sha256(f"{platform.node()}{settings.ROOT}".encode()).hexdigest()[:6]
#: of each copy, what it was when it was new
_untouched: dict[str, Untouched] = {}


@contextlib.contextmanager
def own_database() -> Iterator[None]:
    """Point Django at a fresh copy of the template while the tests run, and drop the copy afterwards."""
    outside = connection.settings_dict["NAME"]
    with _administration() as administration:
        administration.execute("SELECT pg_advisory_lock(%s)", [int(PREFIX[1:], 16)])
        _drop_leftovers(administration)
        if template_name() not in _databases(administration):
            _build_template(administration)
    name = f"{PREFIX}_run_{os.getpid()}"
    _switch_to(name)
    renew()
    try:
        yield
    finally:
        _switch_to(outside)
        with _administration() as administration:
            administration.execute(f"DROP DATABASE {name} WITH (FORCE)")


def restore() -> None:
    """Undo whatever tests committed, and give back the rows that migrations made."""
    connections.close_all()
    with _session() as session:
        restored = _untouched[_name()].bring_back(session)
    if not restored:
        renew()


def renew() -> None:
    """The same by a fresh copy: better after a test that filled whole tables."""
    connections.close_all()
    with _administration() as administration:
        administration.execute(f"DROP DATABASE IF EXISTS {_name()} WITH (FORCE)")
        administration.execute(f"CREATE DATABASE {_name()} TEMPLATE {template_name()} STRATEGY FILE_COPY")
    with _session() as session:
        _untouched[_name()] = Untouched.of(session)


@cache
def template_name() -> str:
    """Named by all that a migrated database is made from: our migrations, their data, the packages."""
    fingerprint = hashlib.sha256((settings.ROOT / "requirements.txt").read_bytes())
    for folder in sorted(_source_folders()):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                fingerprint.update(bytes(file.relative_to(settings.ROOT)) + file.read_bytes())
    return f"{PREFIX}_template_{fingerprint.hexdigest()[:12]}"


def _source_folders() -> Iterator[Path]:
    for application in apps.get_app_configs():
        if (home := Path(application.path)).is_relative_to(settings.ROOT):
            yield from (home / "migrations", home / "data")
    for module in settings.MIGRATION_MODULES.values():
        yield settings.ROOT.joinpath(*module.split("."))


def _administration() -> psycopg.Connection[tuple[Any, ...]]:
    """A session beside Django's, since no database can be made or dropped from within."""
    return _session(dbname="postgres")


def _session(**other: str) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(**{**connection.get_connection_params(), **other}, autocommit=True)


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _switch_to(name: str) -> None:
    connections.close_all()
    connection.settings_dict["NAME"] = name


def _build_template(administration: psycopg.Connection[tuple[object, ...]]) -> None:
    """Migrate under another name first, so that a killed build is never mistaken for a template."""
    unfinished = f"{PREFIX}_unfinished"
    administration.execute(f"DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")
    administration.execute(f"CREATE DATABASE {unfinished}")
    outside = connection.settings_dict["NAME"]
    _switch_to(unfinished)
    call_command("migrate", verbosity=0, interactive=False)
    _switch_to(outside)
    administration.execute(f"ALTER DATABASE {unfinished} RENAME TO {template_name()}")


def _databases(administration: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    rows = administration.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
    return [str(name) for (name,) in rows]


def _drop_leftovers(administration: psycopg.Connection[tuple[object, ...]]) -> None:
    """Drop what killed runs and earlier migrations left, unless somebody is using it."""
    for name in _databases(administration):
        run = re.fullmatch(r".*_run_(\d+)", name)
        old = psutil.pid_exists(int(run[1])) if run else name == template_name()
        if not old:
            with contextlib.suppress(psycopg.errors.ObjectInUse):
                administration.execute(f"DROP DATABASE IF EXISTS {name}")
