"""Who may sit at the money desk, and who may move money there."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

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
    """A view that moves money or decides about it: POST by staff only."""
    return require_POST(money_staff_required(view))


def person(request: HttpRequest) -> User:
    """Who sits at the desk; behind one of the decorators above."""
    return cast(User, request.user)
