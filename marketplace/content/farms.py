"""The page of a seller, and how sellers are shown on other pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from catalogue.listing.models import Listing
from catalogue.listing.paging import page
from catalogue.listing.sorts import NEWEST
from farmers.models import Certification
from farmers.partner.models import Partner
from marketplace.images.renditions import picture_data
from marketplace.pagecache.decorators import public_page


@dataclass(frozen=True)
class FarmCard:
    """What components/farm_card.html shows of a seller."""

    name: str
    url: str
    kind: str
    place: str
    #: as in picture_data()
    picture: dict[str, Any]
    certificates: tuple[str, ...]


def farm_cards(farms: Iterable[Partner]) -> list[FarmCard]:
    """Five queries for any number of farms."""
    farms = list(farms)
    certificates = Certification.objects.filter(
        product=None, verified_at__isnull=False, expires_on__gte=timezone.localdate()
    )
    prefetch_related_objects(
        farms,
        "commune",
        "picture__renditions",
        Prefetch("certifications", certificates.order_by("scheme"), to_attr="valid_certificates"),
    )
    return [_card(farm) for farm in farms]


def _card(farm: Partner) -> FarmCard:
    return FarmCard(
        name=farm.name,
        url=reverse("farm", args=[farm.code]),
        kind=farm.get_kind_display(),
        place=farm.commune.name if farm.commune else "",
        picture=picture_data(farm.picture),
        certificates=tuple(dict.fromkeys(certificate.scheme for certificate in farm.valid_certificates)),
    )


@public_page
def farm(request: HttpRequest, code: str) -> HttpResponse:
    seller = get_object_or_404(Partner.objects.active().select_related("commune__province"), code=code)
    [card] = farm_cards([seller])
    shown = page(Listing.objects.of_seller(seller.pk), NEWEST, request.GET.get("tiep", ""))
    story = seller.stories.live().public().order_by("-first_published_at").first()
    return render(
        request,
        "content/farm.html",
        {"farm": seller, "card": card, "page": shown, "story": story},
    )
