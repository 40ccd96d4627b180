"""One payout run in a forked process: it goes on wherever the last one was killed.

"fill:40" has it kill itself (SIGKILL) right after the 40th statement of that step, "send:end" right after the step
was committed, before anybody hears of it.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from multiprocessing.context import ForkProcess

from django.db import connection, transaction

from marketplace.accounts.models import User
from marketplace.outbox.delivery import deliver_due
from marketplace.torture import forks
from marketplace.torture.accidents import Fuse, die
from marketplace.torture.guards import without_transactions
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


def batch_of(now: datetime) -> PayoutBatch | None:
    """All runs of one `now` put one batch together."""
    return PayoutBatch.objects.exclude(state=PayoutBatch.State.CANCELLED).filter(as_of=now).first()


def make(now: datetime) -> None:
    """Under a lock, so that of two processes one makes the batch: here the run stands in for the person."""
    with transaction.atomic():
        person = User.objects.select_for_update().get(phone=MAKER)
        if batch_of(now) is None:
            make_batch(by=person, now=now)


def approve(now: datetime) -> None:
    batch = batch_of(now)
    assert batch is not None
    approve_batch(batch, by=User.objects.get(phone=APPROVER), total=batch.total, now=now)


def send(now: datetime) -> None:
    batch = batch_of(now)
    assert batch is not None
    send_batch(batch, by=User.objects.get(phone=MAKER), now=now)


def unless_done(do: Callable[[], None]) -> Callable[[], None]:
    def inner() -> None:
        try:
            do()
        except NotNow:  # the run before, or the one beside, was further
            return

    return inner


def run(kill: str, now: datetime) -> None:
    """Every step; nothing that was done before is done again."""
    step("make", partial(make, now), kill)
    step("fill", deliver_due, kill)
    step("approve", unless_done(partial(approve, now)), kill)
    step("send", unless_done(partial(send, now)), kill)


def run_in_halves(kill: str, now: datetime) -> None:
    """For the negative control: what a killed run had begun stays half done."""
    with without_transactions():
        run(kill, now)


def start(kill: str, now: datetime, *, whole: bool = True) -> ForkProcess:
    return forks.start(partial(run if whole else run_in_halves, kill, now))
