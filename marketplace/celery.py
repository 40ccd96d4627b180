"""The Celery application; DJANGO_SETTINGS_MODULE must be set by whoever starts it."""

from celery import Celery

app = Celery("marketplace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
