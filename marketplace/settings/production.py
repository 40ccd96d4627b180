"""For real: every secret comes from the environment, and anything meant for a demo refuses to start."""

from django.core.exceptions import ImproperlyConfigured

from . import env

for required in (
    "SECRET_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "SITE_URL",
    "ALLOWED_HOSTS",
    "SEPAY_SECRET",
    "BANK_ACCOUNT",
):
    env.text(required)
for forbidden in ("DEBUG", "BANK_SIMULATOR_PORT"):
    if env.text(forbidden, ""):
        raise ImproperlyConfigured(f"{forbidden} must not be set in production.")

from .base import *  # noqa: E402, F403

SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", "")
if len(SECRET_KEY) < 50 or "not-a-secret" in SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY must be a random text of at least 50 characters.")
if "demo" in SEPAY_SECRET:  # noqa: F405
    raise ImproperlyConfigured("SEPAY_SECRET is the demo's; set the one of your SePay account.")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # a balancer asks without TLS
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
