"""Accidents on order: a process that dies at a statement, a connection that breaks at a COMMIT.

The attacked market does to itself what a request's X-Accident header asks for, or what was ordered before it came;
no other settings load this.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import redis
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse

from marketplace.torture.guards import without_transactions

HEADER = "X-Accident"
#: beside it, whatever it says: the request's statements are committed one by one, for the negative controls
HALVES = "X-Halves"
#: statements that a request sent, in the answer of one that had no accident
COUNT = "X-Statements"
#: rows that it wrote, taken back or not; those of sessions aside
WRITTEN = "X-Written"
BEFORE, AFTER = "before", "after"
_WRITES = ("INSERT", "UPDATE", "DELETE")
_SESSIONS = f'"{Session._meta.db_table}"'


def order_accident(url: str, what: str) -> None:
    """The next POST to `url` meets what its header could ask for, whoever sends it: rails know no header of ours."""
    with redis.from_url(settings.REDIS_URL) as valkey:
        valkey.set(_ordered(url), what)


def _ordered(url: str) -> str:
    return f"torture:accident:{url}"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Fuse:
    """Counts statements; the process dies right after the last one it is given. Never, if that is negative.

    `end` is how it dies.
    """

    def __init__(self, left: int, end: Callable[[], object] = die) -> None:
        self.left = left
        self.end = end

    def __call__(self, execute: Callable[..., Any], *statement: Any) -> Any:
        result = execute(*statement)
        self.left -= 1
        if self.left == 0:
            self.end()
        return result


class Writing:
    """Counts the rows that statements write, but for those of sessions."""

    def __init__(self) -> None:
        self.rows = 0

    def __call__(
        self,
        execute: Callable[..., Any],
        statement: str,
        parameters: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        result = execute(statement, parameters, many, context)
        if statement.startswith(_WRITES) and _SESSIONS not in statement:
            self.rows += max(context["cursor"].rowcount, 0)
        return result


@contextmanager
def cut_commit(when: str) -> Iterator[None]:
    """The next COMMIT fails for whoever asked for it: BEFORE the server did it, or AFTER."""
    commit = connection._commit

    def cut() -> None:
        del connection._commit
        if when == AFTER:
            commit()
        connection.connection.close()
        raise OperationalError("server closed the connection unexpectedly")

    connection._commit = cut
    try:
        yield
    finally:
        connection.__dict__.pop("_commit", None)


@contextmanager
def cut_statement(when: str, beginning: str) -> Iterator[None]:
    """As cut_commit, for the next statement that begins so and is a transaction by itself."""
    done = False

    def cut(execute: Callable[..., Any], statement: str, *rest: Any) -> Any:
        nonlocal done
        if done or not statement.startswith(beginning):
            return execute(statement, *rest)
        done = True
        if when == AFTER:
            execute(statement, *rest)
        connection.close()
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(cut):
        yield


class AccidentMiddleware:
    """`X-Accident: kill 12`, `kill end` (once all is done, before the answer) or `cut before`, `cut after`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.valkey = redis.from_url(settings.REDIS_URL, decode_responses=True)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        what, _, at = (self._accident_of(request) or "kill never").partition(" ")
        if what == "cut":
            with cut_commit(at):
                return self.get_response(request)
        fuse, writing = Fuse(int(at) if at.isdecimal() else -1), Writing()
        whole = nullcontext() if HALVES not in request.headers else without_transactions()
        with whole, connection.execute_wrapper(fuse), connection.execute_wrapper(writing):
            response = self.get_response(request)
        if at == "end":
            die()
        response[COUNT] = str(-1 - fuse.left)
        response[WRITTEN] = str(writing.rows)
        return response

    def _accident_of(self, request: HttpRequest) -> str:
        said = request.headers.get(HEADER, "")
        if said or request.method != "POST":
            return said
        return str(self.valkey.getdel(_ordered(request.build_absolute_uri(request.path))) or "")
