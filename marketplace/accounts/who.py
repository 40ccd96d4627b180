"""The readable cookie that puts a person's short name into the header of cached pages; it proves nothing."""

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views import View

from marketplace.accounts.models import User

COOKIE = "who"


def remember(response: HttpResponseBase, user: User) -> None:
    """People without a name stay "Me" in the header: their number is not for a readable cookie."""
    if not user.full_name:
        return forget(response)
    response.set_cookie(
        COOKIE,
        quote(user.get_short_name()[:16]),
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def forget(response: HttpResponseBase) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")


class RemembersWho(View):
    """A step of signing in: whoever is in after it is remembered."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if request.user.is_authenticated:
            remember(response, request.user)
        return response
