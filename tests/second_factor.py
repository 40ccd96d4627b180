"""Signing in as staff, second factor included."""

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client

from marketplace.accounts.models import User

ASK = "/tai-khoan/hai-lop/xac-nhan/"
SECRET = "KIEMTHUKIEMTHUKIEMTHUKIEMTHUAAAA"


def give_app(user: User) -> None:
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(user, SECRET)


def code_of_app(steps: int = 0, *, secret: str = SECRET) -> str:
    """What the app shows now, or so many codes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def pass_second_factor(client: Client, user: User) -> None:
    """As if the signed-in person had just typed a code of the app."""
    give_app(user)
    session = client.session
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "mfa", "at": time.time(), "type": "totp", "reauthenticated": True}
    ]
    session.save()


def confirm(client: Client, asked: Any, steps: int = 0, **how: Any) -> Any:
    """Type the code that the app shows so many codes later, on the page that ``asked`` led to."""
    page = urlsplit(asked["Location"])
    assert page.path.endswith(ASK)
    said = {"code": code_of_app(steps), "next": parse_qs(page.query)["next"][0]}
    return client.post(page.path, said, **how)


def sign_in_staff(client: Client, user: User) -> Client:
    client.force_login(user)
    pass_second_factor(client, user)
    return client
