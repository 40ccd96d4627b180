"""A worker that takes no more of what waits for it ends itself, and is started again by systemd or `make run`.

After its broker was away Celery has more than once come back connected but idle, without a word (celery#8091,
kombu#2007).
"""

import os
import signal
import threading
import time

import structlog
from celery import Celery
from celery.worker import state
from redis import Redis, RedisError

LOOK_SECONDS = 5
STALLED_SECONDS = 40
"""Longer than Celery waits between two tries to reach its broker (32 s)."""
END_SECONDS = 10
"""For ending by itself, after which it is killed."""
log = structlog.get_logger(__name__)


def watch(app: Celery) -> None:
    """From now on, beside the worker's own loop, which may be what has stopped."""
    threading.Thread(target=_watch, args=(app,), daemon=True).start()


def _watch(app: Celery) -> None:
    since = time.monotonic()
    with Redis.from_url(app.conf.broker_url, socket_timeout=LOOK_SECONDS) as broker:
        while time.monotonic() - since < STALLED_SECONDS:
            if not _leaves_waiting(broker, app.conf.task_default_queue):
                since = time.monotonic()
            time.sleep(LOOK_SECONDS)
    log.critical("worker_stalled", seconds=STALLED_SECONDS)
    os.kill(os.getpid(), signal.SIGQUIT)
    time.sleep(END_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def _leaves_waiting(broker: Redis, queue: str) -> bool:
    """Tasks wait at the broker, and this worker is at none. A broker that does not answer has none to give."""
    if state.reserved_requests:
        return False
    try:
        return bool(broker.llen(queue))
    except RedisError:
        return False
