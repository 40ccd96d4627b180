"""The card of a product, drawn once a worker for each state of its listing."""

import json
from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from catalogue.listing.cards import Card
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
def product_cards(listings: Iterable[Listing | Card], eager: bool = False) -> SafeString:
    """components/product_card.html for each of `listings`. `eager`: the first is what a visitor sees first."""
    language = get_language()
    drawn = [product_card(listing, language, eager and not place) for place, listing in enumerate(listings)]
    return SafeString("".join(drawn))


def product_card(listing: Listing | Card, language: str | None, eager: bool = False) -> SafeString:
    """The card of `listing` in `language`, which is the one that is on."""
    facts = _facts_of(listing)
    key = (listing.pk, eager, language)
    known = _drawn.get(key)
    if known and known[0] == facts:
        return known[1]
    words = dict(zip(FACTS, facts, strict=True))
    if isinstance(listing, Card):
        words["picture"] = json.loads(listing.picture)
    card = render_to_string("components/product_card.html", {"listing": words, "eager": eager})
    if len(_drawn) >= MOST:
        _drawn.clear()
    _drawn[key] = (facts, card)
    return card
