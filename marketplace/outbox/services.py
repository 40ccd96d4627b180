"""Write a job in the caller's transaction; Celery is nudged once that has committed."""

from datetime import timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from . import tasks
from .models import Job


def enqueue(kind: str, payload: dict[str, Any], *, key: str, delay: timedelta = timedelta(0)) -> None:
    """One row per `key`, however often it is called.

    Raises TransactionManagementError outside a transaction: a job must share the fate of what caused it.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("enqueue() belongs inside the transaction of its cause.")
    job = Job(
        kind=kind,
        key=key,
        payload=payload,
        next_try_at=timezone.now() + delay,
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
    )
    Job.objects.bulk_create([job], ignore_conflicts=True)
    if not delay:
        transaction.on_commit(tasks.nudge, robust=True)
