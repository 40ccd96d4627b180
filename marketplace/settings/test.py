"""The test suite: real PostgreSQL and Valkey, quick hashes, no files collected."""

import os
from pathlib import Path

from marketplace import embedded

from . import env

os.environ.setdefault("VAR_DIR", str(Path(__file__).resolve().parents[2] / "var" / "test"))
if not (env.text("DATABASE_URL", "") and env.text("REDIS_URL", "")):
    _running = embedded.ensure(Path(os.environ["VAR_DIR"]), durable=False)
    # pytest-xdist's workers inherit these: only the first process starts servers, and they end with it.
    os.environ["DATABASE_URL"] = env.text("DATABASE_URL", _running.database_url)
    os.environ["REDIS_URL"] = env.text("REDIS_URL", _running.redis_url)

from .base import *  # noqa: F403

SECRET_KEY = "test-only-not-a-secret"
DEMO = True
ALLOWED_HOSTS = ["*"]
SIMULATOR_HOSTS = ["127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CELERY_TASK_ALWAYS_EAGER = True
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405  threads of race tests must not keep connections
