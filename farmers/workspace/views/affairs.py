"""What is to be settled with a buyer about one order: less that comes, a request to cancel, a claim."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from farmers.partner.models import PartnerMember
from farmers.workspace import access
from farmers.workspace.order_forms import AnswerForm, ReduceForm
from farmers.workspace.order_sheet import sheet_of
from payments.claims.cancelling import answer, open_request
from payments.claims.exceptions import NotNow, TooShort
from payments.claims.models import Claim
from payments.claims.reducing import reduce_line
from payments.claims.services import answer_claim
from payments.exceptions import TooMuch


@access.for_owners
def reduce(request: HttpRequest, member: PartnerMember, number: str) -> HttpResponse:
    """Less comes than was ordered."""
    parcel = access.seller_order_for(member, number)
    form = ReduceForm(request.POST if request.method == "POST" else None, parcel=parcel)
    if form.is_valid() and _reduce(request, member, form):
        return redirect("workspace:order", number)
    context = {"member": member, "sheet": sheet_of(parcel), "form": form, "at": "orders"}
    return render(request, "workspace/reduce.html", context, status=422 if form.errors else 200)


def _reduce(request: HttpRequest, member: PartnerMember, form: ReduceForm) -> bool:
    said = form.cleaned_data
    try:
        reduce_line(
            said["line"], packs=said["packs"], grams=said["grams"], reason=said["reason"], by=member.user
        )
        messages.success(request, _("Noted. The buyer has been told and pays only for what comes."))
    except TooShort:
        form.add_error(None, _("That is more than is left. If nothing comes at all, cancel the order."))
        return False
    except NotNow:
        messages.info(request, _("Nothing was done: the order has left already or has ended."))
    except TooMuch:
        words = _("Money of these goods went back before. Please call the market: %(phone)s.")
        messages.error(request, words % {"phone": settings.MARKET_PHONE})
    return True


@require_POST
@access.for_owners
def answer_cancellation(request: HttpRequest, member: PartnerMember, number: str) -> HttpResponse:
    parcel, form = access.seller_order_for(member, number), AnswerForm(request.POST)
    asked = open_request(parcel)
    if asked is None:
        messages.info(request, _("There is nothing to answer any more."))
    elif not form.is_valid():
        messages.error(request, _("Choose an answer; if you do not agree, say why."))
    else:
        try:
            agree, words = form.cleaned_data["agree"], form.cleaned_data["words"]
            answer(asked, agree=agree, words=words, by=member.user, now=timezone.now())
            messages.success(request, _("Answered. The buyer has been told."))
        except NotNow:
            messages.info(request, _("There is nothing to answer any more."))
    return redirect("workspace:order", number)


@access.for_owners
def claim(request: HttpRequest, member: PartnerMember, number: str) -> HttpResponse:
    """A buyer's claim, and the farm's one answer to it in its time."""
    parcel = access.seller_order_for(member, number)
    made = get_object_or_404(parcel.claims.select_related("refund").exclude(state=Claim.State.WITHDRAWN))
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            agrees, words = form.cleaned_data["agree"], form.cleaned_data["words"]
            answer_claim(made, agrees=agrees, words=words, now=timezone.now())
            messages.success(request, _("Thank you. The market decides and tells you."))
        except NotNow:
            messages.info(request, _("Your time to answer is over, or you have answered."))
        return redirect("workspace:claim", number)
    context = {
        "member": member,
        "sheet": sheet_of(parcel),
        "claim": made,
        "photos": [photo.image for photo in made.photos.select_related("image")],
        "form": form,
        "may_answer": made.state == Claim.State.MADE and made.answer_by > timezone.now(),
        "at": "orders",
    }
    return render(request, "workspace/claim.html", context, status=422 if form.errors else 200)
