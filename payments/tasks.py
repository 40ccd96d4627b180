"""Celery's side of payments."""

from celery import shared_task
from django.utils import timezone

from payments import services


@shared_task(ignore_result=True)
def expire_unpaid() -> int:
    return services.expire_unpaid(timezone.now())
