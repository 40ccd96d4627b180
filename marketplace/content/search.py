"""The search page over products, farms and stories, and what the search box offers while typing."""

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.browsing import CURSOR, list_context
from catalogue.forms import filter_form
from catalogue.listing.cards import Card, Statement, rows
from catalogue.listing.models import Listing
from catalogue.listing.options import filter_options
from catalogue.money import dong
from catalogue.search.query import Query, all_words
from catalogue.search.results import search
from catalogue.search.sellers import sellers_called
from catalogue.search.suggestions import suggest
from catalogue.seasons import current_month
from marketplace.content.stories import FOUND, FarmStoryPage
from marketplace.pagecache.decorators import public_page
from marketplace.pagecache.memory import remembered, unchanged

#: products of the season offered where nothing was found
IN_SEASON = 8
STORIES = 3
#: the order that only a search has
RELEVANCE = ("", gettext_lazy("Best match first"))


@public_page
def results(request: HttpRequest) -> HttpResponse:
    query = Query.read(request.GET.get("q", ""))
    form = filter_form(request.GET, filter_options(), RELEVANCE)
    cursor = request.GET.get(CURSOR, "")
    found = search(query, filters=form.filters, sort=form.sort, cursor=cursor)
    context: dict[str, Any] = {
        **list_context(
            request, form, listings=found.listings, next_cursor=found.next_cursor, total=found.total
        ),
        "query": query.text,
        "found": found,
    }
    if found.listings and not (found.near or form.filters or form.sort or cursor):
        context["sellers"] = sellers_called(query.folded)
    if query and not (form.filters or form.sort or cursor):
        context["stories"] = _stories(query.folded)
    if not found.listings:
        context["in_season"] = _in_season(current_month())
    return render(request, "search/results.html", context)


@remembered(unchanged)
def _stories(folded: str) -> list[FarmStoryPage]:
    """One query. Most searches find none, and then Django has nothing to build."""
    return [FarmStoryPage.from_db(None, FOUND, row) for row in rows(_called(folded))]


@lru_cache(maxsize=512)
def _called(folded: str) -> Statement:
    found = FarmStoryPage.objects.called(all_words(folded))[:STORIES]
    return found.values_list(*FOUND).query.sql_with_params()


@remembered(unchanged)
def _in_season(month: int) -> list[Listing]:
    """The same for whatever was not found."""
    return list(Listing.objects.season_picks(month)[:IN_SEASON])


@public_page
def suggestions(request: HttpRequest) -> JsonResponse:
    """JSON for combobox.js: [{"label": str, "url": str, "note": str}]."""
    found = suggest(Query.read(request.GET.get("q", "")))
    names = [{"label": name, "url": search_url(name), "note": _("Search")} for name in found.names]
    return JsonResponse(names + [_product(listing) for listing in found.products], safe=False)


def search_url(text: str) -> str:
    return f"{reverse('search')}?{urlencode({'q': text})}"


def _product(listing: Card) -> dict[str, str]:
    price = dong(listing.price) if listing.price is not None else _("Ask for a price")
    return {"label": listing.title, "url": listing.url, "note": f"{price} · {listing.commune_name}"}
