"""The card of a product, drawn once a worker for each state of its listing."""

from operator import attrgetter
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from catalogue.listing.models import Listing

register = template.Library()

#: all that a card shows; the template gets nothing else, so that a card is as good as these are equal
FACTS = (
    *("url", "title", "price", "price_per_kg", "pack_label"),
    *("stock", "certificates", "commune_name", "picture"),
)
#: cards that one worker keeps, about 6 KB each; beyond that it begins anew
MOST = 1000

_facts_of = attrgetter(*FACTS)
_drawn: dict[tuple[int, bool, str | None], tuple[tuple[Any, ...], SafeString]] = {}


@register.simple_tag
def product_card(listing: Listing, eager: bool = False) -> SafeString:
    """components/product_card.html for `listing`. `eager`: it is among the first pictures of the page."""
    facts = _facts_of(listing)
    key = (listing.pk, eager, get_language())
    known = _drawn.get(key)
    if known and known[0] == facts:
        return known[1]
    context = {"listing": dict(zip(FACTS, facts, strict=True)), "eager": eager}
    card = render_to_string("components/product_card.html", context)
    if len(_drawn) >= MOST:
        _drawn.clear()
    _drawn[key] = (facts, card)
    return card
