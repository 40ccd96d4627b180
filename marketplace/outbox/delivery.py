"""Take due jobs one by one, each in its own transaction, so that a killed worker leaves its job to the next."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from .exceptions import PermanentError
from .models import Job

log = structlog.get_logger(__name__)

#: After this many tries a person must look.
MAX_ATTEMPTS = 8
#: Jobs of one sweep; the rest waits for the next, so that no task runs into its time limit.
BATCH = 200


def deliver_due() -> int:
    """Do every job that is due and that no other worker holds; returns how many succeeded."""
    done = 0
    for _ in range(BATCH):
        outcome = _deliver_one()
        if outcome is None:
            break
        done += outcome
    return done


def _deliver_one() -> bool | None:
    """None when nothing is due. The attempt is counted even if the handler's own transaction fails."""
    with transaction.atomic():
        job = (
            Job.objects.select_for_update(skip_locked=True)
            .filter(state=Job.State.NEW, next_try_at__lte=timezone.now())
            .order_by("next_try_at", "pk")
            .first()
        )
        if job is None:
            return None
        job.attempts += 1
        with structlog.contextvars.bound_contextvars(request_id=job.request_id, job=job.pk):
            error = _run(job)
        _settle(job, error)
        job.save()
        return error is None


def _run(job: Job) -> Exception | None:
    try:
        with transaction.atomic():
            _handler(job.kind)(job.payload)
    except Exception as error:
        log.warning("outbox_job_failed", kind=job.kind, key=job.key, attempts=job.attempts, exc_info=error)
        return error
    return None


def _settle(job: Job, error: Exception | None) -> None:
    now = timezone.now()
    if error is None:
        job.state, job.done_at, job.last_error = Job.State.DONE, now, ""
        return
    job.last_error = f"{type(error).__name__}: {error}"[:2000]
    if isinstance(error, PermanentError) or job.attempts >= MAX_ATTEMPTS:
        job.state = Job.State.PARKED
    job.next_try_at = now + timedelta(seconds=30 * 2 ** min(job.attempts, 7))


def _handler(kind: str) -> Callable[[dict[str, Any]], None]:
    path = settings.OUTBOX_HANDLERS.get(kind)
    if path is None:
        raise PermanentError(f"No handler named {kind!r} in OUTBOX_HANDLERS.")
    handler: Callable[[dict[str, Any]], None] = import_string(path)
    return handler
