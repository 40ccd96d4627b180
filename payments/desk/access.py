"""Who may sit at the money desk."""

from collections.abc import Callable
from functools import wraps
from pathlib import PurePosixPath
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import is_valid_path
from django.views.decorators.cache import never_cache

from marketplace.accounts.models import User
from marketplace.accounts.suspended import fresh_code_required, say_not_done

View = Callable[..., HttpResponse]


def money_staff_required(view: View) -> View:
    """Visitors sign in first; whoever is not of the platform's staff gets 403."""

    @never_cache
    @login_required
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not cast(User, request.user).is_staff:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return inner


def page_above(request: HttpRequest) -> str:
    """The nearest page of the desk: above /ban-tien/viec-ket/7/lam-lai/ it is /ban-tien/viec-ket/."""
    above = (f"{parent}/" for parent in PurePosixPath(request.path).parents)
    return next(address for address in above if _is_of_desk(address))


def _is_of_desk(address: str) -> bool:
    found = is_valid_path(address)
    return bool(found and found.app_name == "desk")


def money_post(view: View) -> View:
    """A POST of staff. A GET, as after signing in anew, does nothing, says so and leads to the page above."""

    @money_staff_required
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            return view(request, *args, **kwargs)
        say_not_done(request)
        return redirect(page_above(request))

    return inner


def money_action(view: View) -> View:
    """A POST of staff that moves money: it waits until they have typed a fresh code of their app, then runs once."""
    return money_post(fresh_code_required(view, way_back=page_above))


def money_form(view: View) -> View:
    """As `money_action`, for a page that is opened to fill in a form: the code is asked before, not after it.

    A file that is sent in it could not wait for the code.
    """
    return money_staff_required(fresh_code_required(view))


def person(request: HttpRequest) -> User:
    """Who sits at the desk; behind one of the decorators above."""
    return cast(User, request.user)
