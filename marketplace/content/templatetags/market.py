"""How the market writes pictures and certificates in a page."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalogue.certificates import Scheme
from marketplace.images import renditions
from marketplace.images.models import MarketImage

register = template.Library()
#: what fits on a badge
_SCHEMES = {**dict(Scheme.choices), "gi": _("Geographical indication")}


@register.simple_tag
def market_phone() -> str:
    """The number that people call, as it is read aloud; without its spaces it can be dialled."""
    number: str = settings.MARKET_PHONE
    return number


@register.filter
def unbroken(text: str) -> str:
    """In one line, however narrow the page: a number that is cut in two is hard to read."""
    return text.replace(" ", "\xa0")


@register.simple_tag
def door(path: str) -> str:
    """Which of the doors of components/doors.html `path` is behind: "home", "products", …; "" if none.

    An error page without a request has no path.
    """
    home, others = _doors(get_language())
    if path == home:
        return "home"
    return next((name for name, url in others if path and url in path), "")


@lru_cache
def _doors(language: str | None) -> tuple[str, list[tuple[str, str]]]:
    """The home page and the other doors, in `language`: the one that is on."""
    doors = {
        "products": "catalogue:index",
        "basket": "checkout:basket",
        "orders": "tracking:find",
        "account": "account_home",
    }
    return reverse("home"), [(name, reverse(view)) for name, view in doors.items()]


@register.filter
def picture_data(image: MarketImage | None) -> dict[str, Any]:
    """What components/picture.html takes, from the picture itself; its renditions should be prefetched."""
    return renditions.picture_data(image)


@register.filter
def srcset(widths: Mapping[str, str]) -> str:
    """{"320": url, "640": url} -> "url 320w, url 640w", as <source srcset> wants it."""
    return ", ".join(f"{url} {width}w" for width, url in widths.items())


@register.filter
def smallest(widths: Mapping[str, str]) -> str:
    return min(widths.items(), key=lambda item: int(item[0]))[1]


@register.filter
def scheme(code: str) -> str:
    """Code of a certificate, as Listing.certificates holds it, to its name: "ocop4" -> "OCOP 4★"."""
    return str(_SCHEMES.get(code, code))
