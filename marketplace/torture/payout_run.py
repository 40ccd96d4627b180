"""One payout run in a forked process: it goes on wherever the last one was killed.

"fill:40" has it kill itself (SIGKILL) right after the 40th statement of that step, "send:end" right after the step
was committed, before anybody hears of it.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from multiprocessing.context import ForkProcess

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from marketplace.accounts.models import User
from marketplace.outbox import tasks
from marketplace.outbox.delivery import deliver_due
from marketplace.torture.accidents import Fuse, die
from marketplace.torture.market import no_nudge
from payments.payouts.exceptions import NotNow
from payments.payouts.models import PayoutBatch
from payments.payouts.services import approve_batch, make_batch, send_batch

MAKER, APPROVER = "+84912000071", "+84912000072"
#: in the midst of each step, and after each that was committed
KILLS = ("make:3", "fill:30", "fill:end", "approve:6", "approve:end", "send:9")


def step(name: str, do: Callable[[], object], kill: str) -> None:
    doomed, _, at = kill.partition(":")
    fuse = Fuse(int(at) if name == doomed and at != "end" else -1)
    with connection.execute_wrapper(fuse):
        do()
    if name == doomed and at == "end":
        die()


def newest() -> PayoutBatch | None:
    return PayoutBatch.objects.exclude(state=PayoutBatch.State.CANCELLED).order_by("pk").first()


def make(now: datetime) -> None:
    """Under a lock, so that of two processes one makes the batch: here the run stands in for the person."""
    with transaction.atomic():
        person = User.objects.select_for_update().get(phone=MAKER)
        if newest() is None:
            make_batch(by=person, now=now)


def approve(now: datetime) -> None:
    batch = newest()
    assert batch is not None
    approve_batch(batch, by=User.objects.get(phone=APPROVER), total=batch.total, now=now)


def send(now: datetime) -> None:
    batch = newest()
    assert batch is not None
    send_batch(batch, by=User.objects.get(phone=MAKER), now=now)


def unless_done(do: Callable[[], None]) -> Callable[[], None]:
    def inner() -> None:
        try:
            do()
        except NotNow:  # the run before, or the one beside, was further
            return

    return inner


def forget_connections() -> None:
    """Drop, not close, what the parent had open: closing would say goodbye on the parent's socket.

    `start` closes its own before it forks, but Django keeps one for each thread *and* each event loop: a parent that
    runs a browser's loop has another one from before it, which the child, outside any loop, would take up again.
    """
    connections[DEFAULT_DB_ALIAS]  # deleting needs one to be there
    del connections[DEFAULT_DB_ALIAS]


def run(kill: str, now: datetime) -> None:
    """Every step; nothing that was done before is done again."""
    forget_connections()
    tasks.nudge = no_nudge
    step("make", partial(make, now), kill)
    step("fill", deliver_due, kill)
    step("approve", unless_done(partial(approve, now)), kill)
    step("send", unless_done(partial(send, now)), kill)


def start(kill: str, now: datetime) -> ForkProcess:
    """On the database that Django points at; forked, since starting Django anew takes two seconds each time."""
    connections.close_all()
    process = get_context("fork").Process(target=run, args=(kill, now))
    process.start()
    return process


def end_of(process: ForkProcess) -> int | None:
    """The exit code, -9 for a killed one; None when it still runs after two minutes."""
    process.join(timeout=120)
    return process.exitcode
