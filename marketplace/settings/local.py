"""On a developer's or a curious person's machine: own services, demo doors open, DEBUG only when asked."""

from urllib.parse import urlsplit

from . import env
from .base import *  # noqa: F403
from .secret import kept_secret

DEBUG = env.flag("DEBUG")
DEMO = True
#: one person tries every role of the demo from one address
LOGIN_CODE_WAIT = 5
ACCOUNT_RATE_LIMITS |= {  # noqa: F405
    "request_login_code": f"300/h/ip,1/{LOGIN_CODE_WAIT}s/key,100/d/key",
    "fresh_code": f"1/{LOGIN_CODE_WAIT}s/key,100/d/key",
}
SECRET_KEY = env.text("SECRET_KEY", "") or kept_secret(VAR / "secret-key")  # noqa: F405
LOGGING["form"] = "console" if DEBUG else "json"  # noqa: F405

# --- pretended rails, where their processes run (see marketplace.run) --------------------------------------
_ports = {
    rail: env.integer(f"{rail.upper()}_SIMULATOR_PORT", 0) for rail in ("vnpay", "momo", "zalopay", "stripe")
}
#: as the browser reaches them; the server runs on the same machine
_host = urlsplit(SITE_URL).hostname or "127.0.0.1"  # noqa: F405
_urls = {rail: f"http://{_host}:{port}" for rail, port in _ports.items() if port}
SIMULATOR_HOSTS = [_host, "127.0.0.1"]
if "vnpay" in _urls:
    VNPAY_PAY_URL = env.text("VNPAY_PAY_URL", f"{_urls['vnpay']}/paymentv2/vpcpay.html")
    VNPAY_API_URL = env.text("VNPAY_API_URL", f"{_urls['vnpay']}/merchant_webapi/api/transaction")
if "momo" in _urls:
    MOMO_URL = env.text("MOMO_URL", _urls["momo"])
if "zalopay" in _urls:
    ZALOPAY_URL = env.text("ZALOPAY_URL", _urls["zalopay"])
if "stripe" in _urls:
    STRIPE_API_URL = env.text("STRIPE_API_URL", _urls["stripe"])
#: every rail that somebody answers for
_answered = [rail for rail in PAYMENT_PROVIDERS if rail in _urls or rail not in _ports]  # noqa: F405
PAYMENT_RAILS = env.choices("PAYMENT_RAILS", ",".join(_answered), PAYMENT_PROVIDERS)  # noqa: F405
BANK_NOTIFIERS = env.choices("BANK_NOTIFIERS", "sepay,payos,casso", BANK_NOTIFIER_CODES)  # noqa: F405
