"""The pages on which an order is changed. Whoever may only look at it is led to the link that lets him do more."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from marketplace.order.access import may_change, order_for

View = Callable[..., HttpResponse]


def for_buyers(view: View) -> View:
    """Pass the view the order in place of its number, if this visitor may change it."""

    @never_cache
    @wraps(view)
    def inner(request: HttpRequest, number: str, *args: Any, **kwargs: Any) -> HttpResponse:
        order = order_for(request, number)
        if not may_change(request, order):
            return redirect("tracking:link", number)
        return view(request, order, *args, **kwargs)

    return inner
