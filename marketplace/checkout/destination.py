"""Where a visitor's parcels would go, asked once and kept for the session."""

from django.http import HttpRequest

from marketplace.address.forms import PlaceForm
from marketplace.address.models import Commune

_KEY = "destination"


class DestinationForm(PlaceForm):
    """The place alone, so that the basket can say what shipping costs."""


def destination_of(request: HttpRequest) -> Commune | None:
    code = request.session.get(_KEY)
    return Commune.objects.select_related("province").filter(pk=code).first() if code else None


def remember_destination(request: HttpRequest, commune: Commune) -> None:
    request.session[_KEY] = commune.pk
