"""The door that notifiers knock on. No session, no CSRF token: the signature is the proof."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments.notifications import receive
from payments.providers.registry import UnknownCode

LARGEST_BODY = 64 * 1024
"""Bytes; the largest notification of any rail we know is a few thousand."""


@csrf_exempt
@require_POST
def notify(request: HttpRequest, notifier: str) -> HttpResponse:
    if len(request.body) > LARGEST_BODY:
        return HttpResponse(status=413)
    try:
        reply = receive(notifier, request.headers, request.body)
    except UnknownCode as error:
        raise Http404 from error
    if reply.body is None:
        return HttpResponse(status=reply.status)
    return JsonResponse(dict(reply.body), status=reply.status)
