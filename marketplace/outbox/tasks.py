"""Celery's side of the outbox: a nudge after a commit, and a sweep that does not depend on any nudge."""

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError

from .delivery import deliver_due

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def sweep() -> int:
    return deliver_due()


def nudge() -> None:
    """Ask for a sweep now. A broker that is down costs at most one period of the beat."""
    try:
        sweep.apply_async(retry=False)
    except OperationalError as error:
        log.warning("outbox_nudge_failed", error=str(error))
