"""The market under attack: a market on this machine, whose cache and queue in Valkey are its own."""

import os

from marketplace.settings.local import *  # noqa: F403
from marketplace.torture.rails.pretended import NOTIFIERS, NOWHERE, OFFERED
from marketplace.torture.workers.pace import PACE, paced

MIDDLEWARE = ["marketplace.torture.accidents.on_order.AccidentMiddleware", *MIDDLEWARE]  # noqa: F405
PREFIX = os.environ.get("TORTURE_PREFIX", "torture")
CACHES["default"]["KEY_PREFIX"] = PREFIX  # noqa: F405
CELERY_TASK_DEFAULT_QUEUE = PREFIX
PAYMENT_RAILS = OFFERED
BANK_NOTIFIERS = NOTIFIERS
VNPAY_API_URL = os.environ.get("VNPAY_API_URL", NOWHERE)
#: staff type the code of their app once, when they sign in: an attack lasts longer than ten minutes
ACCOUNT_REAUTHENTICATION_TIMEOUT = 4 * 3600
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
#: pages are read for their forms: their pictures and styles need not have been collected
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
if os.environ.get("TORTURE_PAUSE"):
    OUTBOX_HANDLERS["settle_notification"] = "marketplace.torture.workers.pause.settle_slowly"  # noqa: F405
if os.environ.get("TORTURE_DOOM"):
    OUTBOX_HANDLERS["fill_payout_batch"] = "marketplace.torture.workers.doomed.fill_and_die"  # noqa: F405
if os.environ.get("TORTURE_HANDED_OVER"):
    MESSAGE_CHANNELS = ["marketplace.torture.workers.handed_over.WrittenDown"]
if os.environ.get(PACE):
    CELERY_BEAT_SCHEDULE = paced(CELERY_BEAT_SCHEDULE, float(os.environ[PACE]))  # noqa: F405
if os.environ.get("TORTURE_COUNTED"):
    CELERY_IMPORTS = ["marketplace.torture.workers.in_celery"]
#: names the line to a broker that may be cut (attacks/t12_no_broker.py)
CELERY_BROKER_URL = os.environ.get("TORTURE_BROKER", CELERY_BROKER_URL)  # noqa: F405
