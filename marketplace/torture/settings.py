"""The market under attack: a market on this machine, whose cache and queue in Valkey are its own."""

from marketplace.settings.local import *  # noqa: F403

PREFIX = "torture"
CACHES["default"]["KEY_PREFIX"] = PREFIX  # noqa: F405
CELERY_TASK_DEFAULT_QUEUE = PREFIX
PAYMENT_RAILS = ["vietqr", "cash_on_delivery"]
BANK_NOTIFIERS = ["sepay"]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
