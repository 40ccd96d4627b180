"""On a developer's or a curious person's machine: own services, demo doors open, DEBUG only when asked."""

from . import env
from .base import *  # noqa: F403
from .secret import kept_secret

DEBUG = env.flag("DEBUG")
DEMO = True
#: one person tries every role of the demo from one address
LOGIN_CODE_WAIT = 5
ACCOUNT_RATE_LIMITS = {"request_login_code": f"300/h/ip,1/{LOGIN_CODE_WAIT}s/key,100/d/key"}
SECRET_KEY = env.text("SECRET_KEY", "") or kept_secret(VAR / "secret-key")  # noqa: F405
LOGGING["form"] = "console" if DEBUG else "json"  # noqa: F405
