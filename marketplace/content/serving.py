"""How a visitor gets an editor's page."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from wagtail.models import Page
from wagtail.wagtail_hooks import check_view_restrictions


def serve_page(request: HttpRequest, path: str) -> HttpResponse:
    """The page at `path`, or the door in front of one that is not for everybody. Http404 if there is none.

    Wagtail's own view asks every app for hooks, which imports the whole admin into the worker; the only
    one that an app of ours has for a visitor is the check of who may see the page.
    """
    found = Page.route_for_request(request, path)
    if found is None:
        raise Http404(path)
    page, args, kwargs = found
    answer: HttpResponse = check_view_restrictions(_show)(page, request, args, kwargs)
    return answer


def _show(page: Page, request: HttpRequest, args: list[Any], kwargs: dict[str, Any]) -> HttpResponse:
    answer: HttpResponse = page.serve(request, *args, **kwargs)
    return answer
