"""For real: every secret comes from the environment, and anything meant for a demo refuses to start."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from . import env

for required in (
    "SECRET_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "SITE_URL",
    "ALLOWED_HOSTS",
    # buyers of vietqr transfer to it, and every payout leaves it
    "BANK_BIN",
    "BANK_ACCOUNT",
    "BANK_ACCOUNT_NAME",
    "MONEY_DESK_EMAIL",
    "MARKET_PHONE",
    "DEFAULT_FROM_EMAIL",
    "EMAIL_HOST",
):
    env.text(required)
for forbidden in (
    "DEBUG",
    "BANK_SIMULATOR_PORT",
    "VNPAY_SIMULATOR_PORT",
    "MOMO_SIMULATOR_PORT",
    "ZALOPAY_SIMULATOR_PORT",
    "STRIPE_SIMULATOR_PORT",
):
    if env.text(forbidden, ""):
        raise ImproperlyConfigured(f"{forbidden} must not be set in production.")

from .base import *  # noqa: E402, F403

SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", "")
if len(SECRET_KEY) < 50 or "not-a-secret" in SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY must be a random text of at least 50 characters.")

#: where each rail that we call is; Stripe is the same for every account
_ADDRESSES = {
    "vnpay": ["VNPAY_PAY_URL", "VNPAY_API_URL"],
    "momo": ["MOMO_URL"],
    "zalopay": ["ZALOPAY_URL"],
    "stripe": ["STRIPE_API_URL"],
}
#: what each way to pay, and each reporter of bank transfers, has to be told; the rest has usable defaults
_ACCOUNTS = {
    "vietqr": [],
    "sepay": ["SEPAY_SECRET"],
    "payos": ["PAYOS_CHECKSUM_KEY"],
    "casso": ["CASSO_SECRET"],
    "vnpay": [*_ADDRESSES["vnpay"], "VNPAY_TMN_CODE", "VNPAY_SECRET"],
    "momo": [*_ADDRESSES["momo"], "MOMO_PARTNER_CODE", "MOMO_ACCESS_KEY", "MOMO_SECRET"],
    "zalopay": [*_ADDRESSES["zalopay"], "ZALOPAY_APP_ID", "ZALOPAY_KEY1", "ZALOPAY_KEY2"],
    "stripe": ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"],
    "cash_on_delivery": [],
}
_reporters = BANK_NOTIFIERS if "vietqr" in PAYMENT_RAILS else []  # noqa: F405
if len(_reporters) > 1:
    raise ImproperlyConfigured("BANK_NOTIFIERS must name one: two would report each transfer twice.")
for _name in (name for code in [*PAYMENT_RAILS, *_reporters] for name in _ACCOUNTS[code]):  # noqa: F405
    _value = env.text(_name)
    if "demo" in _value:
        raise ImproperlyConfigured(f"{_name} is the demo's; set the one of your own account.")
if BANK_ACCOUNT == DEMO_BANK_ACCOUNT:  # noqa: F405
    raise ImproperlyConfigured("BANK_ACCOUNT is the demo's; set the one of your own account.")

#: rails that are off too: what was paid by them is still asked about and given back
for _code, _hosts in RAIL_HOSTS.items():  # noqa: F405
    for _name in _ADDRESSES[_code]:
        _address = urlsplit(globals()[_name])
        if _address.scheme != "https":
            raise ImproperlyConfigured(f"{_name} must start with https://.")
        if _address.hostname not in _hosts:
            raise ImproperlyConfigured(
                f"{_name} leads to none of the hosts that {_code.upper()}_HOSTS names."
            )

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
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
#: TLS from the first byte; else STARTTLS, unless EMAIL_USE_TLS=0 says that the server is this machine's own
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=not EMAIL_USE_SSL)
EMAIL_PORT = env.integer("EMAIL_PORT", 465 if EMAIL_USE_SSL else 587)
if EMAIL_USE_SSL and EMAIL_USE_TLS:
    raise ImproperlyConfigured("EMAIL_USE_SSL and EMAIL_USE_TLS must not both be 1.")
#: seconds; a mail server that is silent must not hold a worker
EMAIL_TIMEOUT = 10
