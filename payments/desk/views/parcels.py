"""What a person does about one parcel: give back part or all of its price, or cancel it before it leaves,
note that it came back."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from catalogue.money import dong
from marketplace.order.models import SellerOrder
from payments.desk import giving_back
from payments.desk.access import money_action, money_form, person
from payments.desk.exceptions import AboveLimit, AlreadyDecided, SentBefore
from payments.desk.forms import CancelParcelForm, ParcelRefundForm, ParcelReturnForm
from payments.desk.views.refunds import what_follows
from payments.exceptions import NothingPaid, TooMuch
from payments.parcel_refunds import left_of

_REFUND_FIELDS = ("everything", "goods", "shipping", "parts", "from_market", "reason", "token")
_HERE = (SellerOrder.Status.NEW, SellerOrder.Status.PACKING)
"""Where a parcel that has not left may be: another way than cancelling would leave it to be sent."""


@money_form
def refund(request: HttpRequest, number: str) -> HttpResponse:
    """Part or all of a paid parcel goes back."""
    parcel = _parcel(number)
    sent = request.POST if request.method == "POST" else None
    form = ParcelRefundForm(sent, parcel=parcel, initial={"token": uuid4()})
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = giving_back.refund(
                parcel, by=person(request), **{name: said[name] for name in _REFUND_FIELDS}
            )
            messages.success(request, what_follows(made))
            return redirect("desk:refunds")
        except SentBefore as known:
            messages.info(request, str(known))
            return redirect("desk:refunds")
        except TooMuch as error:
            form.add_error(None, _("At most %(amount)s can go back.") % {"amount": dong(error.left)})
        except NothingPaid:
            form.add_error(None, _("Nothing was paid for this parcel."))
    return _page(request, parcel, form=form)


@money_action
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    parcel, form = _parcel(number), CancelParcelForm(request.POST)
    if not form.is_valid():
        return _page(request, parcel, cancelling=form)
    try:
        giving_back.cancel(parcel, reason=form.cleaned_data["reason"], by=person(request))
        messages.success(request, _("Cancelled: the farm knows, and what was paid for it goes back."))
    except AlreadyDecided:
        messages.info(request, _("Nothing was done: the parcel has left, or is cancelled already."))
    return redirect("desk:parcel_refund", number)


@money_action
def note_return(request: HttpRequest, number: str) -> HttpResponse:
    parcel, form = _parcel(number), ParcelReturnForm(request.POST)
    if not form.is_valid():
        return _page(request, parcel, returning=form)
    try:
        giving_back.note_return(parcel, reason=form.cleaned_data["reason"], by=person(request))
        messages.success(request, _("Noted: the farm knows. If the parcel was paid, the money goes back."))
    except AboveLimit:
        words = _(
            "Nothing was done: so much takes two people. Let the farm note it, or give the money back first, "
            "have a second person approve that, and then note it here."
        )
        messages.error(request, words)
    except AlreadyDecided:
        messages.info(request, _("Nothing was done: the parcel is not on its way any more."))
    return redirect("desk:parcel_refund", number)


def _parcel(number: str) -> SellerOrder:
    rows = SellerOrder.objects.select_related("order", "partner")
    found: SellerOrder = get_object_or_404(rows, number=number)
    return found


def _page(
    request: HttpRequest,
    parcel: SellerOrder,
    *,
    form: ParcelRefundForm | None = None,
    cancelling: CancelParcelForm | None = None,
    returning: ParcelReturnForm | None = None,
) -> HttpResponse:
    """With the form that was sent, if any, and the others empty."""
    refused = any(sent and sent.errors for sent in (form, cancelling, returning))
    on_its_way = parcel.status == SellerOrder.Status.HANDED_OVER
    context = {
        "parcel": parcel,
        "form": form or ParcelRefundForm(parcel=parcel, initial={"token": uuid4()}),
        "cancelling": (cancelling or CancelParcelForm()) if parcel.status in _HERE else None,
        "returning": (returning or ParcelReturnForm()) if on_its_way else None,
        "left": left_of(parcel),
        "refunds": parcel.refunds.select_related("requested_by", "approved_by"),
    }
    return render(request, "desk/parcel_refund.html", context, status=422 if refused else 200)
