from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.health.checks import report


@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """The process answers; says nothing about what it needs."""
    return JsonResponse({"alive": True})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 if the market can serve, 503 with the failing parts named if not."""
    is_ready, parts = report()
    failing = [name for name, part in parts.items() if not part["ok"]]
    body = {"ready": is_ready, "failing": failing, "parts": parts}
    return JsonResponse(body, status=200 if is_ready else 503)
