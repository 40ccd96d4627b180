"""The Content-Security-Policy of every answer: strict for the market, looser for the staff's own tools only.

Both are put together once, by django-csp out of the settings: its own middleware does that for each request.
"""

from collections.abc import Callable

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from marketplace.staff_doors import PREFIXES

#: Wagtail's and Django's admin print inline scripts and styles
OF_THE_ADMIN = {
    "default-src": ["'self'"],
    "script-src": ["'self'", "'unsafe-inline'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:"],
    "frame-ancestors": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
}
_DJANGOS_OWN_PAGES = (404, 500)


class ContentPolicyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.public = build_policy()
        self.admin = build_policy(replace=OF_THE_ADMIN)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.DEBUG and response.status_code in _DJANGOS_OWN_PAGES:
            return response  # those that explain an error to us have inline styles
        response.setdefault(HEADER, self.admin if request.path.startswith(PREFIXES) else self.public)
        return response
