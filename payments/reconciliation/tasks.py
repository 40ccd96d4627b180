"""Celery's side of reconciliation."""

from celery import shared_task
from django.utils import timezone

from payments.reconciliation import catching_up, rails


@shared_task(ignore_result=True)
def reconcile() -> None:
    """One task per rail, so that a slow one keeps none of the others waiting; and one for the bank."""
    match_bank.delay()
    for rail in rails.to_be_asked(timezone.now()):
        reconcile_rail.delay(rail)


@shared_task(ignore_result=True)
def reconcile_rail(rail: str) -> None:
    rails.reconcile(rail, timezone.now())


@shared_task(ignore_result=True)
def match_bank() -> None:
    catching_up.match_movements()
