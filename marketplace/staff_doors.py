"""Where the staff's tools are, and that a web worker loads them only for the staff."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

CMS, ADMIN = "/cms/", "/admin/"
PREFIXES = (CMS, ADMIN)
#: pages of the staff's second factor: what was posted to a staff page goes on from there, so they know them all
SECOND_FACTOR = "/tai-khoan/hai-lop/"
#: every door but the staff's; settings.ROOT_URLCONF has them all
PUBLIC = "marketplace.public_urls"


class PublicDoorsMiddleware:
    """Answer everybody else without the addresses of Wagtail's and Django's admin.

    Importing their views takes a worker 20 MB that no visitor needs (docs/performance.md). Stands before the
    first middleware that resolves an address. A public page cannot reverse the name of a staff page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIXES) and SECOND_FACTOR not in request.path:
            request.urlconf = PUBLIC
        return self.get_response(request)
