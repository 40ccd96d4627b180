"""Guards taken away for the negative controls: the fault that they keep out has to appear then, and to be seen.

What is dropped is gone from the attacked copy of the database, for every process; the others are off for a while.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.db import connection
from django.db.models import Model

from payments.managers import RefundQuerySet
from payments.models import Refund

_LOCK = re.compile(r" FOR (NO KEY )?UPDATE( OF \S+)?( SKIP LOCKED)?$")


def drop_unique(model: type[Model], *columns: str) -> None:
    """Nothing keeps two rows from having the same `columns` any more."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        for name, found in connection.introspection.get_constraints(cursor, table).items():
            if found["unique"] and not found["primary_key"] and found["columns"] == list(columns):
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
                cursor.execute(f"DROP INDEX IF EXISTS {name}")


def drop_triggers(*models: type[Model]) -> None:
    """Their rows need not agree with one another any more."""
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")


def overwrite(model: type[Model], column: str, value: str, *, at: str) -> None:
    """Whatever is written `at` INSERT or UPDATE, the column gets `value`, an expression of SQL."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE FUNCTION overwrite_{table}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN NEW.{column} := {value}; RETURN NEW; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER overwrite BEFORE {at} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION overwrite_{table}()"
        )


@contextmanager
def without_locks() -> Iterator[None]:
    """This thread reads rows that others have locked, and locks none itself."""

    def unlocked(execute: Callable[..., Any], statement: str, *rest: Any) -> Any:
        return execute(_LOCK.sub("", statement), *rest)

    with connection.execute_wrapper(unlocked):
        yield


@contextmanager
def without_claims() -> Iterator[None]:
    """Every worker that wants to send a refund takes itself for the only one."""
    move = RefundQuerySet.move

    def moved(refunds: RefundQuerySet, pk: int, to: str, **changes: Any) -> bool:
        return move(refunds, pk, to, **changes) or to == Refund.State.IN_TRANSIT

    RefundQuerySet.move = moved  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        del RefundQuerySet.move


@contextmanager
def without_transactions() -> Iterator[None]:
    """Every statement of this thread is committed by itself, whatever Django believes."""
    connection.ensure_connection()
    connection._set_autocommit = lambda autocommit: None
    connection.features.uses_savepoints = False
    try:
        yield
    finally:
        del connection._set_autocommit
        del connection.features.uses_savepoints


OF_WORKERS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "locks": without_locks,
    "claims": without_claims,
}
UNGUARDED = "TORTURE_UNGUARDED"
"""Names the environment variable: which of them the workers are without (workers/in_celery.py)."""
