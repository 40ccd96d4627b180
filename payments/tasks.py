"""Celery's side of payments."""

from celery import shared_task
from django.utils import timezone

from payments import inquiries, sending, services


@shared_task(ignore_result=True)
def expire_unpaid() -> int:
    return services.expire_unpaid(timezone.now())


@shared_task(ignore_result=True)
def ask_rails() -> int:
    return inquiries.ask_again(timezone.now())


@shared_task(ignore_result=True)
def look_after_refunds() -> int:
    return sending.look_after(timezone.now())
