"""A buyer takes back a parcel that its farm has not begun to pack: at once, without asking anybody."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.order.access import order_for
from marketplace.order.exceptions import IllegalMove
from marketplace.order.services import take_back


class ReasonForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Why? The farm reads it"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, number: str, parcel: str) -> HttpResponse:
    order = order_for(request, number)
    found = get_object_or_404(order.seller_orders.select_related("partner"), number=parcel)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if found.status not in found.BEFORE_PACKING:
        return _too_late(request, number)
    if not form.is_valid():
        context = {"order": order, "parcel": found, "form": form}
        return render(request, "tracking/cancel.html", context)
    try:
        take_back(
            found,
            actor=request.user if request.user.is_authenticated else None,
            reason=form.cleaned_data["note"],
        )
    except IllegalMove:
        return _too_late(request, number)
    messages.success(request, _said(paid=order.paid_at is not None))
    return redirect("tracking:order", number=number)


def _said(*, paid: bool) -> str:
    if paid:
        return _("Cancelled. The money for this parcel comes back the way it came; you need not do anything.")
    return _("Cancelled. You pay nothing for this parcel.")


def _too_late(request: HttpRequest, number: str) -> HttpResponse:
    messages.warning(
        request, _("The farm is already packing this parcel, or it has ended. Please call the farm.")
    )
    return redirect("tracking:order", number=number)
