"""The Celery application; DJANGO_SETTINGS_MODULE must be set by whoever starts it."""

from celery import Celery
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep

app = Celery("marketplace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@setup_logging.connect
def _leave_logging_alone(**kwargs: object) -> None:
    """With a receiver here Celery keeps the loggers that Django has set up (marketplace/logs.py)."""
