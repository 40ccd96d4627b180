"""Wagtail's and Django's admin print inline scripts and styles; they get a policy of their own, and only they."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from marketplace.staff_doors import PREFIXES

POLICY = {
    "default-src": ["'self'"],
    "script-src": ["'self'", "'unsafe-inline'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:"],
    "frame-ancestors": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
}


class AdminPolicyMiddleware:
    """Stands after CSPMiddleware and replaces the public policy for the staff's own tools."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(PREFIXES):
            response._csp_replace = POLICY  # django-csp's own attribute
        return response
