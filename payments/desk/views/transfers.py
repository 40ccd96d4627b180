"""Transfers that came too late, and those of no order: find it, or what of ours came back, or give them back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from payments.desk.access import money_action, money_staff_required, person
from payments.desk.corrections import propose_giving_back, proposed_for
from payments.desk.exceptions import AlreadyDecided
from payments.desk.forms import AttachForm, GiveBackForm
from payments.desk.handling import attach, take_as_return
from payments.desk.masking import masked_body
from payments.desk.queues import late, unclaimed
from payments.desk.settling_forms import MovementsForm
from payments.desk.views.paging import page_of
from payments.models import Transfer
from payments.providers.base import DeclinedPayment
from payments.reconciliation.exceptions import NotThatWay
from payments.reconciliation.returns import returns_like


@require_GET
@money_staff_required
def transfers(request: HttpRequest) -> HttpResponse:
    context = {"page": page_of(request, unclaimed()), "late": page_of(request, late(), "tre")}
    return render(request, "desk/transfers.html", context)


@require_GET
@money_staff_required
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _transfer(pk))


@money_action
def attach_to_order(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _transfer(pk), AttachForm(request.POST)
    if not form.is_valid():
        return _page(request, found, attach=form)
    try:
        attached = attach(found, form.cleaned_data["order"], by=person(request))
        messages.success(request, _("Done: %(outcome)s.") % {"outcome": attached.get_outcome_display()})
    except AlreadyDecided:
        _say_settled(request)
    except DeclinedPayment:
        messages.error(request, _("This order's sum cannot be paid by bank transfer."))
    return redirect("desk:transfer", pk)


@money_action
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _transfer(pk), GiveBackForm(request.POST)
    if not form.is_valid():
        return _page(request, found, give_back=form)
    try:
        propose_giving_back(found, memo=form.cleaned_data["memo"], by=person(request))
        messages.success(request, _("Proposed. A second person has to approve it under Corrections."))
    except AlreadyDecided:
        _say_settled(request)
    return redirect("desk:transfer", pk)


@money_action
def returned(request: HttpRequest, pk: int) -> HttpResponse:
    found = _transfer(pk)
    if not found.is_unclaimed:  # a second tap: what it chose is no longer offered
        _say_settled(request)
        return redirect("desk:transfer", pk)
    form = MovementsForm(request.POST, movements=returns_like(found))
    if not form.is_valid():
        return _page(request, found, came_back=form)
    try:
        take_as_return(found, form.cleaned_data["movements"], by=person(request))
        messages.success(request, _("Done: it is in the books once, as what came back."))
    except AlreadyDecided:
        _say_settled(request)
    except NotThatWay as error:
        messages.error(request, str(error))
    return redirect("desk:transfer", pk)


def _say_settled(request: HttpRequest) -> None:
    messages.info(request, _("Nothing was done: somebody has settled this transfer."))


def _transfer(pk: int) -> Transfer:
    rows = Transfer.objects.select_related("payment__order", "notification", "resolved_by")
    found: Transfer = get_object_or_404(rows, pk=pk)
    return found


def _page(
    request: HttpRequest,
    found: Transfer,
    *,
    attach: AttachForm | None = None,
    came_back: MovementsForm | None = None,
    give_back: GiveBackForm | None = None,
) -> HttpResponse:
    refused = any((attach, came_back, give_back))
    returns = returns_like(found)
    context = {
        "transfer": found,
        "is_open": unclaimed().filter(pk=found.pk).exists(),
        "proposal": proposed_for(found),
        "attach": attach or AttachForm(),
        "came_back": came_back or MovementsForm(movements=returns),
        "returns": returns.exists(),
        "give_back": give_back or GiveBackForm(),
        "raw": masked_body(found.notification),
    }
    return render(request, "desk/transfer.html", context, status=422 if refused else 200)
