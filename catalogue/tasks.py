"""Celery entries of the catalogue."""

from celery import shared_task

from catalogue.listing.refresh import refresh_after


@shared_task
def repair_listings(after: int = 0) -> None:
    """Every night: certificates end and changes may have been missed. A batch a task, so that none is long."""
    last = refresh_after(after)
    if last is not None:
        repair_listings.delay(last)
