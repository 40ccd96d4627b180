"""What staff post waits for a fresh code of their app, then runs once.

allauth keeps one suspended request, so that of another tab is lost without a word. Here each is resumed by the
address that its own page of the code leads to.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.core.internal.httpkit import (
    add_query_params,
    del_query_params,
    deserialize_request,
    serialize_request,
)
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import resolve, reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

View = Callable[..., HttpResponse]
#: session key: the last requests by their tokens; an empty one has run
_SUSPENDED = "suspended-requests"
#: in the address that resumes a request
_TOKEN = "viec"
MOST = 5


def fresh_code_required(
    view: View, *, way_back: Callable[[HttpRequest], str] = HttpRequest.get_full_path, allow_get: bool = False
) -> View:
    """``way_back`` is the address of a page, for when the request cannot be resumed any more."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_free = allow_get and request.method == "GET"
        if is_free or not is_reauthentication_required(request, app=""):
            return view(request, *args, **kwargs)
        after = way_back(request)
        return ask_for_code(_suspend(request, after) if request.method == "POST" else after)

    return inner


def ask_for_code(after: str) -> HttpResponse:
    return redirect(add_query_params(reverse("mfa_reauthenticate"), {"next": after}))


def _suspend(request: HttpRequest, after: str) -> str:
    """The address that resumes it. What comes with a file is not kept: the file could not be."""
    token = get_random_string(12)
    if not request.FILES:
        kept = [*request.session.get(_SUSPENDED, {}).items(), (token, serialize_request(request))]
        request.session[_SUSPENDED] = dict(kept[-MOST:])
    return add_query_params(after, {_TOKEN: token})


def resume(request: HttpRequest, after: str) -> HttpResponse | None:
    """Run what ``after`` resumes, or lead to the page and say that it did not run. None: it resumes nothing."""
    token = QueryDict(urlsplit(after).query).get(_TOKEN)
    if token is None:
        return None
    kept = request.session.get(_SUSPENDED, {})
    if not kept.get(token):
        _say_ran_before(request) if token in kept else say_not_done(request)
        return redirect(del_query_params(after, _TOKEN))
    suspended = deserialize_request(kept[token], request)
    request.session[_SUSPENDED] = kept | {token: ""}
    view = resolve(suspended.path)
    response: HttpResponse = view.func(suspended, *view.args, **view.kwargs)
    return response


def say_not_done(request: HttpRequest) -> None:
    messages.warning(request, _("What you pressed was not carried out. Look at the page and press it again."))


def _say_ran_before(request: HttpRequest) -> None:
    words = _("Nothing was done this time: what you pressed went on after the code that you typed before.")
    messages.info(request, words)
