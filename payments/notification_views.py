"""The door that notifiers knock on. No session, no CSRF token: the signature is the proof."""

import structlog
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from payments.notifications import receive
from payments.providers import registry
from payments.providers.base import Notifier, Reply

log = structlog.get_logger(__name__)

LARGEST_BODY = 64 * 1024
"""Bytes; the largest notification of any rail we know is a few thousand."""


@csrf_exempt
def notify(request: HttpRequest, notifier: str) -> HttpResponse:
    try:
        who = registry.notifier(notifier)
    except registry.UnknownCode as error:
        raise Http404 from error
    method = "GET" if who.reports_in_query else "POST"
    if request.method != method:
        return HttpResponseNotAllowed([method])
    body = request.META["QUERY_STRING"].encode("latin-1") if who.reports_in_query else request.body
    if len(body) > LARGEST_BODY:
        return HttpResponse(status=413)
    reply = _receive(who, request, body)
    if reply.body is None:
        return HttpResponse(status=reply.status)
    return JsonResponse(dict(reply.body), status=reply.status)


def _receive(who: Notifier, request: HttpRequest, body: bytes) -> Reply:
    """Whatever goes wrong on our side, who wants to hear it in words of their own does; the others get a 500."""
    try:
        return receive(who.code, request.headers, body)
    except Exception:
        apology = who.apologize()
        if apology is None:
            raise
        log.exception("notification_not_received", provider=who.code)
        return apology
