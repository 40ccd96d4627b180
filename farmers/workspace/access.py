"""Which stall a person acts for, and what of it an address may name. Foreign and unknown are the same 404."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from farmers.partner.models import Partner

#: session key: the code of the stall that the person chose last
CHOSEN = "stall"


def stalls_of(request: HttpRequest) -> list[Partner]:
    """All that the person may act for, by name."""
    return list(Partner.objects.for_user(request.user).select_related("commune").order_by("name", "pk"))


def stall_of(request: HttpRequest) -> Partner:
    """The one chosen in this session, else the first; 404 for whoever sells nothing."""
    mine = Partner.objects.for_user(request.user).order_by("name", "pk")
    chosen = mine.filter(code=request.session.get(CHOSEN, "")).first()
    return chosen or get_object_or_404(mine[:1])


def choose_stall(request: HttpRequest, code: str) -> None:
    """Act for this stall from now on; 404 when it is not the person's."""
    request.session[CHOSEN] = get_object_or_404(Partner.objects.for_user(request.user), code=code).code
