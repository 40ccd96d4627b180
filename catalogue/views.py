"""Pages of what is sold: the same bytes for everybody."""

from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse

from catalogue.access import product_on_sale
from catalogue.browsing import browse
from catalogue.listing.cards import Statement, read
from catalogue.listing.models import Listing
from catalogue.listing.paging import cards_statement
from catalogue.listing.sorts import NEWEST
from catalogue.shelves import shelves
from marketplace.pagecache.decorators import public_page

#: other offers of the same crop under a product
ALIKE = 4


@public_page
def index(request: HttpRequest) -> HttpResponse:
    top = tuple(shelf for shelf in shelves() if shelf.above is None)
    context = browse(request)
    return render(request, "catalogue/index.html", {**context, "shelves": top})


@public_page
def category(request: HttpRequest, slug: str) -> HttpResponse:
    shelf = next((shelf for shelf in shelves() if shelf.slug == slug), None)
    if shelf is None:
        raise Http404(slug)
    context = browse(request, shelf)
    beside = shelf.below or (shelf.above.below if shelf.above else [])
    return render(request, "catalogue/category.html", {**context, "shelf": shelf, "shelves": tuple(beside)})


@public_page
def product(request: HttpRequest, slug: str, pk: str) -> HttpResponse:
    """The number finds the product; an old or mistyped name in front of it leads to the right address."""
    found = product_on_sale(int(pk))
    if found.slug != slug:
        return HttpResponsePermanentRedirect(reverse("catalogue:product", args=[found.slug, found.pk]))
    alike = read(_alike(found.crop_id, found.pk))
    return render(request, "catalogue/product.html", {"product": found, "alike": alike})


@lru_cache(maxsize=512)
def _alike(crop_id: int, product_id: int) -> Statement:
    return cards_statement(Listing.objects.like(crop_id, product_id), NEWEST, size=ALIKE)
