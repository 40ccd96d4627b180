"""A worker that no longer takes what waits for it ends itself: a real one, at a queue of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from uuid import uuid4

import pytest
from celery import Celery
from celery.worker import state
from django.conf import settings
from redis import Redis

from marketplace.health import stalled
from tests.waiting import wait_for

START = """
import sys
from celery.__main__ import main
from marketplace.celery import app
from marketplace.health import stalled
stalled.STALLED_SECONDS, stalled.LOOK_SECONDS = 1, 0.1
app.conf.task_default_queue = sys.argv.pop()
main()
"""


@pytest.fixture
def queue() -> str:
    return f"stalled-{uuid4().hex}"


@pytest.fixture
def beat(queue: str) -> Iterator[Celery]:
    """Whoever asks for tasks."""
    with Celery(broker=settings.REDIS_URL, set_as_current=False) as app:
        yield app
        with Redis.from_url(settings.REDIS_URL) as broker:
            broker.delete(queue)


@pytest.fixture
def worker(queue: str) -> Iterator["subprocess.Popen[bytes]"]:
    arguments = ["--app", "marketplace", "worker", "--concurrency", "1", "--loglevel", "CRITICAL"]
    command = [sys.executable, "-c", START, *arguments, "--hostname", f"{queue}@here", queue]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "marketplace.settings.test"}
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def ask(beat: Celery, queue: str) -> None:
    beat.send_task("marketplace.outbox.tasks.sweep", queue=queue)


def stops_taking(beat: Celery, queue: str) -> bool:
    """As after a line to the broker that came back wrong: connected, alive, and idle."""
    there = [f"{queue}@here"]
    return bool(beat.control.cancel_consumer(queue, destination=there, reply=True, timeout=0.5))


def test_it_ends_itself(worker: "subprocess.Popen[bytes]", beat: Celery, queue: str) -> None:
    wait_for(lambda: stops_taking(beat, queue), "the worker to stop taking tasks")
    assert worker.poll() is None
    ask(beat, queue)
    wait_for(lambda: worker.poll() is not None, "the worker to end")


def test_only_what_waits_while_it_is_at_none_is_a_sign(
    beat: Celery, queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Redis.from_url(settings.REDIS_URL) as broker, Redis(port=1) as away:
        assert not stalled._leaves_waiting(broker, queue)
        ask(beat, queue)
        assert stalled._leaves_waiting(broker, queue)
        assert not stalled._leaves_waiting(away, queue)
        monkeypatch.setattr(state, "reserved_requests", {"one that is being done"})
        assert not stalled._leaves_waiting(broker, queue)
