import datetime

from celery import shared_task
from django.utils import timezone

from marketplace.accounts.models import User


@shared_task
def forget_unproven() -> None:
    """A number is kept a day for its owner to confirm; then whoever typed it leaves no trace."""
    User.objects.never_proven(before=timezone.now() - datetime.timedelta(days=1)).delete()
