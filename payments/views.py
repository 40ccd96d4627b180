"""The buyer pays: what to transfer, whether it has come, and another way if this one does not suit."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from marketplace.accounts.client_ip import client_ip
from marketplace.order.access import grant, order_for
from marketplace.order.links import is_signed
from marketplace.order.models import Order
from payments import qr
from payments.exceptions import CannotSwitch
from payments.inquiries import ask_when_returned
from payments.models import Payment
from payments.progress import Progress, Step
from payments.providers.base import TURNED_BACK
from payments.starting import start_waiting
from payments.ways import switch_provider


@require_GET
@never_cache
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Also where an attempt is begun that its checkout could not begin any more."""
    order = order_for(request, number)
    progress = _progress(order)
    if progress.step is Step.STARTING:
        start_waiting(order, client_ip=client_ip(request))
        progress = _progress(order)
    return render(request, "payments/pay.html", {"progress": progress, "order": order})


@require_GET
@never_cache
def returned(request: HttpRequest, number: str, signature: str) -> HttpResponse:
    """The buyer comes back from a rail, perhaps in an app's own browser. That proves nothing: the rail is asked."""
    if not is_signed(number, signature):
        return redirect("tracking:find")
    order = get_object_or_404(Order, number=number)
    grant(request, order)
    ask_when_returned(order)
    if TURNED_BACK in request.GET and _progress(order).step is Step.REDIRECT:
        messages.info(
            request, _("You came back without having paid. Open the page again, or choose another way below.")
        )
    return redirect("payments:pay", number=number)


@require_GET
@never_cache
def status(request: HttpRequest, number: str) -> HttpResponse:
    """What payment.js asks every few seconds: another state than the page's means "load it again"."""
    return JsonResponse({"state": _progress(order_for(request, number)).fingerprint})


@require_GET
@never_cache
def qr_code(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """The QR code to look at (svg) or to keep among the phone's pictures (png)."""
    payment = _progress(order_for(request, number)).payment
    payload = payment.instructions.get("qr_payload")
    if not payload:
        raise Http404
    if kind == "svg":
        return HttpResponse(qr.svg(payload), content_type="image/svg+xml")
    response = HttpResponse(qr.png(payload), content_type="image/png")
    response["Content-Disposition"] = f'attachment; filename="{payment.reference}.png"'
    return response


@require_POST
def switch(request: HttpRequest, number: str) -> HttpResponse:
    order = order_for(request, number)
    try:
        switch_provider(
            order=order,
            provider=request.POST.get("provider", ""),
            instead_of=request.POST.get("instead_of", ""),
        )
    except CannotSwitch as refused:
        messages.warning(request, str(refused))
    start_waiting(order, client_ip=client_ip(request))
    return redirect("payments:pay", number=order.number)


def _progress(order: Order) -> Progress:
    payment = get_object_or_404(Payment.objects.of(order).most_telling()[:1])
    return Progress(order, payment)
