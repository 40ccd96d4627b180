"""Lists of the desk, a page at a time: nothing that waits is out of reach."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PAGE = 50


def page_of(request: HttpRequest, rows: QuerySet[Any], name: str = "trang", *, most: int = PAGE) -> Page[Any]:
    """``name`` tells it from the other lists of the same page: in the address, and as the anchor of its heading."""
    return Paginator(rows, most).get_page(request.GET.get(name))
