"""Real Celery workers and beats for the attacked market, which may be killed."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import psutil
from celery import Celery
from django.conf import settings

from marketplace.outbox import tasks
from marketplace.outbox.models import Job
from marketplace.torture.market import QUEUE, environment

PROCESSES = 2
PATIENCE = 30
"""Seconds that something which was asked to end may take."""


class Worker:
    """As `make run` starts it, on the attack's own queue; `extra` joins its environment.

    Those that work side by side have a `name` each, as on machines of their own.
    """

    def __init__(self, extra: Mapping[str, str] | None = None, *, name: str = "celery") -> None:
        self.extra, self.name = extra or {}, name
        self.starts = 0
        self.start()

    def start(self) -> None:
        self.starts += 1
        self.process = _celery(
            *("worker", "--hostname", f"{self.name}@%h", "--concurrency", str(PROCESSES)),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            extra=self.extra,
        )

    def tend(self) -> None:
        """Start it again if it has ended, as `make run` and systemd do."""
        if self.process.poll() is not None:
            self.start()

    def work_off(self, patience: float = 120) -> int:
        """Let it work, for so many seconds at most; returns the jobs that are left."""
        sweep()
        left, clock = Job.objects.exclude(state=Job.State.DONE), threading.Event()
        deadline = time.monotonic() + patience
        while left.all().exists() and time.monotonic() < deadline:
            clock.wait(0.2)
        return left.all().count()

    def kill_something(self, dice: random.Random) -> str:
        """SIGKILL one of the processes that do the work, or all of them; then there is a new worker."""
        children = self._children()
        if children and dice.random() < 0.5:
            dice.choice(children).send_signal(signal.SIGKILL)
            return "child"
        self.kill()
        self.start()
        return "worker"

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


class Beat:
    """As `make run` starts it, with a schedule file of its own in `place`."""

    def __init__(self, place: Path, extra: Mapping[str, str]) -> None:
        schedule = place / "schedule"
        place.mkdir()
        self.process = _celery("beat", "--schedule", str(schedule), "--pidfile=", extra=extra)

    def tell_to_end(self) -> None:
        self.process.terminate()

    def wait(self) -> None:
        """Afterwards it asks for nothing more."""
        self.process.wait(PATIENCE)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def _celery(*command: str, extra: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """What it starts is of its group of processes, so that all can be killed at one blow."""
    return subprocess.Popen(
        [sys.executable, "-m", "celery", "--app", "marketplace", *command, "--loglevel", "CRITICAL"],
        env={**environment(), **extra},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def sweep() -> None:
    """What the beat asks of a worker every thirty seconds."""
    with Celery(broker=settings.REDIS_URL, set_as_current=False) as beat:
        beat.send_task(tasks.sweep.name, queue=QUEUE)
