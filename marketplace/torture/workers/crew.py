"""Two beats and two workers of the attacked market, each a process of Celery's, as on machines of their own."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import redis
from celery.states import SUCCESS
from django.conf import settings
from django.db import connections

from marketplace.outbox.models import Job
from marketplace.torture.findings import Finding
from marketplace.torture.market import QUEUE
from marketplace.torture.workers.pace import PACE, paced
from marketplace.torture.workers.processes import Beat, Worker
from marketplace.torture.workers.tally import EXPIRED, Tally

TWO = 2
PATIENCE = 240
"""Seconds that anything is waited for, beside the beats' own minutes."""
_CLOCK = threading.Event()


@dataclass(frozen=True)
class Crew:
    beats: Sequence[Beat]
    workers: Sequence[Worker]
    pace: float
    tally: Tally

    def seconds(self, minutes: float) -> float:
        """That so many minutes of the beats' clock take."""
        return 60 * minutes / self.pace

    def begin(self) -> None:
        self.tally.open_the_gate(len(self.beats))

    def finish(self, minutes: float) -> None:
        """Until the beats have asked for that time, and all that came of it is done, or was tried in vain."""
        asked = times_in(minutes)
        _wait(lambda: all(self.asked_for(beat) >= asked for beat in self.beats), self.seconds(minutes))
        for beat in self.beats:
            beat.tell_to_end()
        for beat in self.beats:
            beat.wait()
        _wait(lambda: not self.tally.left() and not _untried())

    def asked_for(self, beat: Beat) -> Counter[str]:
        name, asked = f"gen{beat.process.pid}@", self.tally.asked().items()
        return Counter({wish.task: times for wish, times in asked if wish.asker.startswith(name)})

    def done_by(self, worker: Worker) -> int:
        done = self.tally.done().items()
        return sum(times for deed, times in done if deed.worker.startswith(f"{worker.name}@"))

    def compare(self, finding: Finding, minutes: float) -> None:
        """Both beats asked for everything, both workers did some of it, and nothing failed or is left."""
        asked = [self.asked_for(beat) for beat in self.beats]
        done = [self.done_by(worker) for worker in self.workers]
        finding.figures |= {"asked by the beats": [one.total() for one in asked], "done by the workers": done}
        for number, tasks in enumerate(asked):
            finding.must_be(f"asked too seldom by beat {number}", times_in(minutes) - tasks, Counter())
        finding.must_be("idle workers", done.count(0), 0)
        ended = [worker.name for worker in self.workers if worker.process.poll() is not None]
        finding.must_be("workers that ended", ended, [])
        failed = [deed for deed in self.tally.done() if deed.end not in (SUCCESS, EXPIRED)]
        finding.must_be("tasks that failed", failed, [])
        finding.must_be("tasks left", self.tally.left(), Counter())


@contextmanager
def two_of_each(pace: float, **extra: str) -> Iterator[Crew]:
    """They are ready; the beats wait to be told to begin. `extra` joins their environment."""
    tally, extra = Tally(), {PACE: str(pace), "TORTURE_COUNTED": "1", **extra}
    tally.forget()
    with redis.from_url(settings.REDIS_URL) as valkey:
        valkey.delete(QUEUE)  # what was asked for before, their own beats ask for again
    with TemporaryDirectory() as place, ExitStack() as ends:
        ends.callback(tally.forget)
        workers = [_hired(Worker(extra, name=f"worker-{number}"), ends) for number in range(TWO)]
        beats = [_hired(Beat(Path(place) / f"beat-{number}", extra), ends) for number in range(TWO)]
        _wait(lambda: tally.ready() == len(workers) + len(beats))
        yield Crew(beats, workers, pace, tally)


Hand = TypeVar("Hand", Beat, Worker)


def _hired(hand: Hand, ends: ExitStack) -> Hand:
    ends.callback(hand.kill)
    return hand


def times_in(minutes: float) -> Counter[str]:
    """How often one beat asks for each task, at the pace at which minutes are minutes."""
    schedule = paced(settings.CELERY_BEAT_SCHEDULE, pace=1).values()
    periods = {entry["task"]: entry["schedule"] for entry in schedule if isinstance(entry["schedule"], float)}
    return Counter({task: int(60 * minutes // period) for task, period in periods.items()})


def _untried() -> bool:
    """Are there jobs that no worker has taken up? One that failed is left: its next turn is after the end."""
    connections.close_all()
    return Job.objects.filter(state=Job.State.NEW, attempts=0).exists()


def _wait(condition: Callable[[], bool], beside: float = 0) -> None:
    """What has not come when the time is over is seen by whoever compares."""
    deadline = time.monotonic() + PATIENCE + beside
    while not condition() and time.monotonic() < deadline:
        _CLOCK.wait(0.1)
