"""Work in processes of their own, that may be killed; forked, since starting Django anew takes two seconds a time."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from multiprocessing.context import ForkProcess

from django.db import DEFAULT_DB_ALIAS, connections

from marketplace.outbox import tasks
from marketplace.torture.findings import Finding
from marketplace.torture.market import no_nudge


def start(do: Callable[[], object]) -> ForkProcess:
    """On the database that Django points at."""
    connections.close_all()
    process = get_context("fork").Process(target=_run, args=(do,))
    process.start()
    return process


def side_by_side(do: Callable[[int], Finding], *, processes: int) -> list[Finding]:
    """What each found; it is told which one it is."""
    connections.close_all()
    with ProcessPoolExecutor(processes, mp_context=get_context("fork"), initializer=_begin) as pool:
        return list(pool.map(do, range(processes)))


def end_of(process: ForkProcess) -> int | None:
    """The exit code, -9 for a killed one; None when it still runs after two minutes."""
    process.join(timeout=120)
    return process.exitcode


def _run(do: Callable[[], object]) -> None:
    _begin()
    do()


def _begin() -> None:
    _forget_connections()
    tasks.nudge = no_nudge


def _forget_connections() -> None:
    """Drop, not close, what the parent had open: closing would say goodbye on the parent's socket.

    `start` closes its own before it forks, but Django keeps one for each thread *and* each event loop: a parent that
    runs a browser's loop has another one from before it, which the child, outside any loop, would take up again.
    """
    connections[DEFAULT_DB_ALIAS]  # deleting needs one to be there
    del connections[DEFAULT_DB_ALIAS]
