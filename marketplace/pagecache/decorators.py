"""Say of a page that it is the same bytes for everybody."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

#: seconds that a browser or a proxy may keep a public page
MAX_AGE = 60

View = Callable[..., HttpResponse]


def public_page(view: View) -> View:
    """Mark the answers of `view` as cacheable by anybody; the view must not look at the user or the session."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            patch_cache_control(response, public=True, max_age=MAX_AGE, stale_while_revalidate=600)
        return response

    return marked
