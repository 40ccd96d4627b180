from django.apps import AppConfig

import marketplace.celery  # noqa: F401  the application must exist before the first task is named or sent


class OutboxConfig(AppConfig):
    name = "marketplace.outbox"
    label = "outbox"
