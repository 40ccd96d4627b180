"""Staff prove themselves twice: by their phone, and by an app that makes codes. allauth.mfa keeps the keys."""

import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from marketplace.accounts.phones import national
from marketplace.accounts.suspended import ask_for_code, say_not_done

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

#: first parts of the addresses, after the language, that only staff have business with
STAFF_PLACES = ("admin", "cms", "ban-tien")


class StaffFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _(
            "That code is not right, or it was used already. Wait until the app shows the next one and type that."
        ),
    }

    def get_totp_label(self, user: User) -> str:
        return national(user.phone)

    def encrypt(self, text: str) -> str:
        """Whoever reads a copy of the database cannot make codes."""
        return _vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises InvalidToken when SECRET_KEY was changed without leaving the old one in SECRET_KEY_FALLBACKS."""
        return _vault().decrypt(encrypted_text.encode()).decode()


def _vault() -> "MultiFernet":
    from cryptography.fernet import Fernet, MultiFernet  # megabytes that no visitor needs

    keys = (salted_hmac("second factor", "", secret=key, algorithm="sha256").digest() for key in _secrets())
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in keys])


def _secrets() -> list[str | bytes]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


class SecondFactorMiddleware:
    """Leads staff without a second factor to it before any staff page; others are refused by the pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        place = _staff_place(request.path_info)
        if not place:
            return self.get_response(request)
        user = request.user
        if not (user.is_authenticated and user.is_staff):
            return self.get_response(request)
        if not has_app(user):
            return redirect("mfa_activate_totp")
        if not has_passed(request):
            return ask_for_code(_way_back(request, place))
        request.session.set_expiry(settings.STAFF_IDLE_SECONDS)
        return self.get_response(request)


def has_app(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def has_passed(request: HttpRequest) -> bool:
    """Whether the signed-in person gave a code of the app, or a recovery code, in this session and lately enough."""
    records = get_authentication_records(request, cast(User, request.user))
    passed_at = [record["at"] for record in records if record["method"] == "mfa"]
    return bool(passed_at) and time.time() - max(passed_at) < settings.STAFF_SESSION_SECONDS


def _staff_place(path: str) -> str:
    """The first page of the part of the site that only staff have business with; empty in all others."""
    parts = path.split("/")
    place = parts[: 3 if dict(settings.LANGUAGES).keys() & parts[1:2] else 2]
    return "/".join([*place, ""]) if place[-1] in STAFF_PLACES else ""


def _way_back(request: HttpRequest, place: str) -> str:
    """What was posted is lost here, and its address may answer no GET."""
    if request.method == "GET":
        return request.get_full_path()
    say_not_done(request)
    return place
