"""Celery's side of the audit."""

from celery import shared_task

from payments.audit import services


@shared_task(ignore_result=True)
def audit() -> None:
    services.audit()
