"""A buyer takes back a parcel: at once before its farm begins to pack it, after that by asking the farm."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from marketplace.accounts.models import User
from marketplace.order.exceptions import IllegalMove
from marketplace.order.models import Order, SellerOrder
from marketplace.order.services import take_back
from marketplace.tracking.access import for_buyers
from marketplace.tracking.paying import paying_of
from payments.claims.cancelling import ask, open_request
from payments.claims.exceptions import NotNow
from payments.providers import registry

_GOES_ON = (SellerOrder.Status.PACKING, SellerOrder.Status.HANDED_OVER, SellerOrder.Status.DELIVERED)


class ReasonForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Why? The farm reads it"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_buyers
def cancel(request: HttpRequest, order: Order, parcel: str) -> HttpResponse:
    found = get_object_or_404(order.seller_orders.select_related("partner", "order"), number=parcel)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    asks = found.status == found.Status.PACKING
    if not asks and found.status not in found.BEFORE_PACKING or open_request(found):
        return _too_late(request, order.number)
    if not form.is_valid():
        context = {"order": order, "parcel": found, "form": form, "asks": asks}
        return render(request, "tracking/cancel.html", context)
    if asks:
        return _ask(request, found, form.cleaned_data["note"])
    actor = request.user if request.user.is_authenticated else None
    if not _taken_back(found, actor, form.cleaned_data["note"]):
        return _too_late(request, order.number)
    messages.success(request, _said(order))
    return redirect("tracking:order", number=order.number)


@require_http_methods(["GET", "HEAD", "POST"])
@for_buyers
def cancel_order(request: HttpRequest, order: Order) -> HttpResponse:
    """Every parcel that no farm has begun to pack, at one tap; the others are named."""
    parcels = list(order.seller_orders.select_related("partner", "order"))
    ends = [parcel for parcel in parcels if parcel.status in parcel.BEFORE_PACKING]
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not ends:
        return _too_late(request, order.number)
    if not form.is_valid():
        goes_on = [parcel for parcel in parcels if parcel.status in _GOES_ON]
        context = {"order": order, "ends": ends, "goes_on": goes_on, "form": form}
        context["amount"] = sum(parcel.due for parcel in ends)
        return render(request, "tracking/cancel_order.html", context)
    actor = request.user if request.user.is_authenticated else None
    late = [parcel for parcel in ends if not _taken_back(parcel, actor, form.cleaned_data["note"])]
    for parcel in late:
        messages.warning(request, _("%(farm)s has begun to pack: ask it.") % {"farm": parcel.partner.name})
    if len(late) < len(ends):
        messages.success(request, _said(order))
    return redirect("tracking:order", number=order.number)


def _taken_back(parcel: SellerOrder, actor: User | None, reason: str) -> bool:
    try:
        take_back(parcel, actor=actor, reason=reason)
    except IllegalMove:
        return False
    return True


def _ask(request: HttpRequest, parcel: SellerOrder, reason: str) -> HttpResponse:
    try:
        asked = ask(parcel, reason=reason, now=timezone.now())
    except NotNow:
        return _too_late(request, parcel.order.number)
    until = date_format(timezone.localtime(asked.answer_by), "H:i d/m")
    words = _("The farm has been asked. You get an answer by %(until)s at the latest.")
    messages.success(request, words % {"until": until})
    return redirect("tracking:order", number=parcel.order.number)


def _said(order: Order) -> str:
    if order.paid_at is None:
        return _("Cancelled. You pay nothing for it.")
    paid_by = paying_of(order).payment
    if paid_by and paid_by.goes_back_by_rail:
        way = {"way": registry.provider(paid_by.provider).label}
        return _("Cancelled. Your money comes back by %(way)s; you need not do anything.") % way
    return _("Cancelled. Your money comes back by bank transfer: tell us your account.")


def _too_late(request: HttpRequest, number: str) -> HttpResponse:
    messages.warning(
        request,
        _("This parcel has left, has ended, or the farm has been asked already. Please call the farm."),
    )
    return redirect("tracking:order", number=number)
