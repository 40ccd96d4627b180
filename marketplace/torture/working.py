"""A real Celery worker for the attacked market, which may be killed."""

import random
import signal
import subprocess
import sys
from collections.abc import Mapping

import psutil
from celery import Celery
from django.conf import settings

from marketplace.outbox import tasks
from marketplace.torture.market import QUEUE, environment

PROCESSES = 2


class Worker:
    """As `make run` starts it, on the attack's own queue; `extra` joins its environment."""

    def __init__(self, extra: Mapping[str, str] | None = None) -> None:
        self.extra = extra or {}
        self.starts = 0
        self.start()

    def start(self) -> None:
        self.starts += 1
        command = [
            *(sys.executable, "-m", "celery", "--app", "marketplace", "worker"),
            *("--concurrency", str(PROCESSES), "--loglevel", "CRITICAL", "--without-gossip"),
            *("--without-mingle", "--without-heartbeat"),
        ]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, env={**environment(), **self.extra}, **quiet)  # type: ignore[call-overload]

    def tend(self) -> None:
        """Start it again if it has ended, as `make run` and systemd do."""
        if self.process.poll() is not None:
            self.start()

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
        for process in [*self._children(), psutil.Process(self.process.pid)]:
            process.send_signal(signal.SIGKILL)
        self.process.wait()

    def _children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


def sweep() -> None:
    """What the beat asks of a worker every thirty seconds."""
    with Celery(broker=settings.REDIS_URL, set_as_current=False) as beat:
        beat.send_task(tasks.sweep.name, queue=QUEUE)
