"""The desk's first page: what waits; and the one field that finds everything."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from payments.desk.access import money_action, money_staff_required, person
from payments.desk.forms import SwitchForm
from payments.desk.handling import switch_rail
from payments.desk.queues import Queues, rails
from payments.desk.search import MOST, find
from payments.desk.timeline import timeline
from payments.models import Payment, Refund
from payments.reconciliation.cash_states import cash_state


@require_GET
@money_staff_required
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/home.html", {"queues": Queues(), "rails": rails(), "switch": SwitchForm()})


@require_GET
@money_staff_required
def search(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("q", "")
    found = find(typed)
    if len(found.payments) == 1 and not found.beside_payments:
        return redirect("desk:payment", found.payments[0].reference)
    return render(request, "desk/search.html", {"typed": typed, "found": found, "most": MOST})


@require_GET
@money_staff_required
def payment(request: HttpRequest, reference: str) -> HttpResponse:
    """One payment with all that happened to its order."""
    found = get_object_or_404(Payment.objects.select_related("order"), reference=reference)
    sent = Refund.objects.filter(state=Refund.State.DONE, payment__order=found.order)
    parcels = found.order.seller_orders.select_related("partner", "order")
    context = {
        "payment": found,
        "attempts": Payment.objects.of(found.order),
        "sent": sent.select_related("payment", "sent_by"),
        "parcels": [(parcel, cash_state(parcel)) for parcel in parcels.order_by("pk")],
        "moments": timeline(found.order),
    }
    return render(request, "desk/payment.html", context)


@money_action
def switch(request: HttpRequest, code: str) -> HttpResponse:
    if code not in {rail.way.code for rail in rails()}:
        raise Http404
    form = SwitchForm(request.POST)
    if form.is_valid():
        off = form.cleaned_data["off"]
        words = _("Switched off: no buyer is offered it.") if off else _("Switched on again.")
        if switch_rail(code, off=off, reason=form.cleaned_data["reason"], by=person(request)):
            messages.success(request, words)
        else:
            messages.info(request, _("Nothing was done: it stands so already."))
    else:
        messages.error(request, _("Say why, so that the others know."))
    return redirect("desk:home")
