"""Beside their work, beats and workers of the attacked market begin together, are counted, and leave a guard off.

Celery imports this in their processes where an attack wants it (marketplace/torture/settings.py).
"""

import os
import signal
from contextlib import ExitStack
from typing import Any

from celery import Task
from celery.app.task import Context
from celery.beat import Service
from celery.signals import (
    beat_init,
    before_task_publish,
    task_postrun,
    task_revoked,
    worker_process_init,
    worker_ready,
)

from marketplace.torture.guards import OF_WORKERS, UNGUARDED
from marketplace.torture.workers.tally import EXPIRED, Deed, Tally, Wish

_TALLY = Tally()
_OFF = ExitStack()
"""Holds the guards off for as long as a process lives."""


@beat_init.connect
def _begin_with_the_other(sender: Service, **kwargs: object) -> None:
    """Whatever is scheduled was last asked for when both beats go on, so that they ask at the same moments.

    SIGTERM ends a beat between two tasks that it asks for, lest one be counted and not asked for.
    """
    signal.signal(signal.SIGTERM, lambda *_: sender.stop())
    _TALLY.note_ready()
    _TALLY.wait_at_the_gate()
    for entry in sender.scheduler.schedule.values():
        entry.last_run_at = entry.default_now()


@worker_ready.connect
def _ready(**kwargs: object) -> None:
    _TALLY.note_ready()


@worker_process_init.connect
def _leave_a_guard_off(**kwargs: object) -> None:
    if guard := os.environ.get(UNGUARDED):
        _OFF.enter_context(OF_WORKERS[guard]())


@before_task_publish.connect
def _note_asked(headers: dict[str, Any], **kwargs: object) -> None:
    _TALLY.note_asked(Wish(headers["origin"], headers["task"]))


@task_postrun.connect
def _note_done(task: Task[Any, Any], state: str, **kwargs: object) -> None:
    _TALLY.note_done(Deed(str(task.request.hostname), task.request.origin, task.name, state))


@task_revoked.connect
def _note_expired(request: Context, **kwargs: object) -> None:
    _TALLY.note_done(Deed(str(request.hostname), request.origin, str(request.task), EXPIRED))
