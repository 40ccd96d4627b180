"""Who may sit at the money desk."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from marketplace.accounts.models import User

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


def money_action(view: View) -> View:
    """A POST of staff that moves money: it waits until they have typed a fresh code of their app, then runs once."""
    guarded: View = require_POST(money_staff_required(reauthentication_required(view)))
    return guarded


def money_form(view: View) -> View:
    """As `money_action`, for a page that is opened to fill in a form: the code is asked before, not after it.

    A file that is sent in it could not wait for the code.
    """
    guarded: View = money_staff_required(reauthentication_required(view))
    return guarded


def person(request: HttpRequest) -> User:
    """Who sits at the desk; behind one of the decorators above."""
    return cast(User, request.user)
