"""How the market writes pictures and certificates in a page."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from catalogue.certificates import Scheme
from marketplace.images import renditions
from marketplace.images.models import MarketImage

register = template.Library()
#: what fits on a badge
_SCHEMES = {**dict(Scheme.choices), "gi": _("Geographical indication")}


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
