"""Claims to decide, and requests to cancel that farms left unanswered."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from catalogue.money import dong
from marketplace.accounts.models import User
from marketplace.order.models import SellerOrder
from payments.claims.cancelling import unanswered
from payments.claims.exceptions import NotNow
from payments.claims.models import CancellationRequest, Claim
from payments.claims.services import may_claim
from payments.claims.windows import window_of
from payments.desk import giving_back
from payments.desk.access import money_action, money_form, money_staff_required, person
from payments.desk.forms import CancellationAnswerForm, ClaimDecisionForm, WrittenClaimForm
from payments.desk.views.paging import page_of
from payments.desk.views.refunds import what_follows
from payments.exceptions import TooMuch
from payments.parcel_refunds import left_of


@require_GET
@money_staff_required
def claims(request: HttpRequest) -> HttpResponse:
    rows = Claim.objects.open().select_related("seller_order__order", "seller_order__partner")
    context = {
        "page": page_of(request, rows),
        "requests": page_of(request, unanswered(timezone.now()), "huy"),
        "form": CancellationAnswerForm(),
        "now": timezone.now(),
    }
    return render(request, "desk/claims.html", context)


@require_GET
@money_staff_required
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    return _claim_page(request, _claim(pk))


@money_form
def write(request: HttpRequest, number: str) -> HttpResponse:
    """A buyer called who cannot send the claim: one of the staff writes it down."""
    rows = SellerOrder.objects.select_related("order", "partner")
    parcel = get_object_or_404(rows, number=number)
    if not may_claim(parcel, timezone.now()):
        messages.info(request, _("This parcel was claimed for before, or the time to claim is over."))
        return redirect("desk:parcel_refund", number)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = WrittenClaimForm(*sent)
    if form.is_valid() and (made := _written(form, parcel, person(request))):
        messages.success(request, _("Written down. The farm has been asked."))
        return redirect("desk:claim", made.pk)
    context = {"parcel": parcel, "form": form, "left": left_of(parcel), "window": window_of(parcel)}
    return render(request, "desk/claim_write.html", context, status=422 if form.errors else 200)


def _written(form: WrittenClaimForm, parcel: SellerOrder, by: User) -> Claim | None:
    said = form.cleaned_data
    try:
        return giving_back.write_claim(
            parcel, words=said["words"], wanted=said["wanted"], photos=said["images"], by=by
        )
    except TooMuch as error:
        form.add_error("wanted", _("At most %(amount)s can go back.") % {"amount": dong(error.left)})
    except NotNow:
        form.add_error(None, _("This parcel was claimed for before, or the time to claim is over."))
    return None


@money_action
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Amounts grant it, none refuses it."""
    found, form = _claim(pk), ClaimDecisionForm(request.POST)
    if not form.is_valid():
        return _claim_page(request, found, form)
    said = form.cleaned_data
    try:
        if said["goods"] + said["shipping"]:
            made = giving_back.grant(found, by=person(request), **said)
            messages.success(request, what_follows(made))
        else:
            giving_back.refuse(found, words=said["words"], by=person(request))
            messages.success(request, _("Refused. Buyer and farm have been told why."))
    except NotNow:
        messages.info(request, _("Nothing was done: somebody has decided this claim."))
    except TooMuch as error:
        form.add_error(None, _("At most %(amount)s can go back.") % {"amount": dong(error.left)})
        return _claim_page(request, found, form)
    return redirect("desk:claim", pk)


@money_action
def answer_cancellation(request: HttpRequest, pk: int) -> HttpResponse:
    rows = CancellationRequest.objects.select_related("seller_order__order", "seller_order__partner")
    found, form = get_object_or_404(rows, pk=pk), CancellationAnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say in one sentence why."))
        return redirect("desk:claims")
    try:
        giving_back.answer_cancellation(found, by=person(request), **form.cleaned_data)
        messages.success(request, _("Answered. Buyer and farm have been told."))
    except NotNow:
        messages.info(request, _("Nothing was done: it was answered, or the parcel has left."))
    return redirect("desk:claims")


def _claim(pk: int) -> Claim:
    rows = Claim.objects.select_related(
        "seller_order__order", "seller_order__partner", "refund", "decided_by"
    )
    found: Claim = get_object_or_404(rows, pk=pk)
    return found


def _claim_page(request: HttpRequest, found: Claim, form: ClaimDecisionForm | None = None) -> HttpResponse:
    left = left_of(found.seller_order)
    context = {
        "claim": found,
        "parcel": found.seller_order,
        "photos": [photo.image for photo in found.photos.select_related("image")],
        "left": left,
        "form": form or ClaimDecisionForm(initial={"goods": min(found.wanted, left.goods)}),
    }
    return render(request, "desk/claim.html", context, status=422 if form else 200)
