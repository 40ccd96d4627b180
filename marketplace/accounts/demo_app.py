"""The authenticator app of the demo's staff, which a page of the demo stands in for. Never called outside a demo."""

import time

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt

from marketplace.accounts.models import User
from marketplace.accounts.phones import national


def give(user: User, secret: str) -> None:
    """Let codes made from ``secret`` (base 32) prove the person, unless an app was set up before."""
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(user, secret)


def codes() -> tuple[list[tuple[str, str, str]], int]:
    """(phone, code of now, next code) of each of the staff, and the seconds until the next one."""
    now, period = int(time.time()), app_settings.TOTP_PERIOD
    apps = Authenticator.objects.filter(type=Authenticator.Type.TOTP, user__is_staff=True)
    rows = [
        (national(app.user.phone), _code(app, now // period), _code(app, now // period + 1))
        for app in apps.select_related("user").order_by("user__phone")
    ]
    return rows, period - now % period


def _code(app: Authenticator, counter: int) -> str:
    return format_hotp_value(hotp_value(decrypt(app.data["secret"]), counter))
