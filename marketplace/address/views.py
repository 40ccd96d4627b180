"""The search box for places, for the script that offers them while a person types."""

from dataclasses import asdict

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from marketplace.address.search import find_places


@require_safe
@cache_control(public=True, max_age=3600)
def search(request: HttpRequest) -> JsonResponse:
    """[{"code", "label", "old", "was_divided"}], best first; the same for everybody."""
    return JsonResponse([asdict(place) for place in find_places(request.GET.get("q", ""))], safe=False)
