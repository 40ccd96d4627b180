"""The door that notifiers knock on. No session, no CSRF token: the signature is the proof."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from payments.notifications import receive
from payments.providers import registry

LARGEST_BODY = 64 * 1024
"""Bytes; the largest notification of any rail we know is a few thousand."""


@csrf_exempt
def notify(request: HttpRequest, notifier: str) -> HttpResponse:
    try:
        in_query = registry.notifier(notifier).reports_in_query
    except registry.UnknownCode as error:
        raise Http404 from error
    method = "GET" if in_query else "POST"
    if request.method != method:
        return HttpResponseNotAllowed([method])
    body = request.META["QUERY_STRING"].encode("latin-1") if in_query else request.body
    if len(body) > LARGEST_BODY:
        return HttpResponse(status=413)
    reply = receive(notifier, request.headers, body)
    if reply.body is None:
        return HttpResponse(status=reply.status)
    return JsonResponse(dict(reply.body), status=reply.status)
