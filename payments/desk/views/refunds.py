"""Refunds that wait for a person: to be made by bank transfer, approved, or looked for at their rail."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from payments.account_form import BankAccountForm
from payments.bank_refunds import came_in_since
from payments.desk import giving_back
from payments.desk import refunds as services
from payments.desk.access import money_action, money_form, money_staff_required, person
from payments.desk.exceptions import AlreadyDecided, CameInMeanwhile
from payments.desk.forms import FoundAtRailForm, RefundMadeForm, RefundReturnedForm
from payments.desk.views.paging import page_of
from payments.exceptions import NeedsAccount, NeedsRelease, OfAnother, OnePerson
from payments.models import Refund
from payments.refund_limit import needing_release

SENT = 20
"""Those sent last, of which the bank may still say something; older ones are found by their payment."""


@require_GET
@money_staff_required
def refunds(request: HttpRequest) -> HttpResponse:
    rows = Refund.objects.select_related("payment__order", "seller_order", "requested_by", "released_by")
    waiting = rows.order_by("created_at", "pk")
    page, late = page_of(request, waiting.to_make()), waiting.late(timezone.now())
    on_their_way = waiting.filter(state=Refund.State.IN_TRANSIT).exclude(pk__in=late.values("pk"))
    by_two = needing_release(page)
    context = {
        "page": page,
        "waiting": [(refund, refund.pk in by_two) for refund in page],
        "sent": rows.sent_by_hand().select_related("payment__order", "sent_by").order_by("-done_at")[:SENT],
        "form": RefundMadeForm(),
        "found": FoundAtRailForm(),
        "late": page_of(request, late, "qua-lau"),
        "on_their_way": page_of(request, on_their_way, "dang-di"),
        "proposed": page_of(request, waiting.filter(state=Refund.State.PROPOSED), "duyet"),
        "me": person(request),
    }
    return render(request, "desk/refunds.html", context)


@money_action
def refund_done(request: HttpRequest, pk: int) -> HttpResponse:
    form = RefundMadeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Type the bank's transaction number: it proves that the money has left."))
        return redirect("desk:refunds")
    try:
        services.refund_made(
            _refund(pk), bank_reference=form.cleaned_data["bank_reference"], by=person(request)
        )
        messages.success(request, _("Noted as sent back."))
    except AlreadyDecided:
        messages.info(request, _("Nothing was done: this refund no longer waits for a person."))
    except NeedsAccount:
        messages.error(request, _("Nothing was done: nobody has said to which account."))
    except NeedsRelease:
        messages.error(request, _("Nothing was done: a second person has to agree before."))
    except OnePerson:
        messages.error(request, _("You agreed to this transfer. Another person has to send it."))
    return redirect("desk:refunds")


@money_action
def release(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        services.release(_refund(pk), by=person(request))
        messages.success(request, _("Agreed: another person may send it now."))
    except AlreadyDecided:
        messages.info(request, _("Nothing was done: somebody has decided about this refund."))
    return redirect("desk:refunds")


@money_form
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """The buyer called: the money goes to another account than the one that was typed."""
    found = _refund(pk)
    form = BankAccountForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"refund": found, "form": form}
        return render(request, "desk/refund_account.html", context, status=422 if form.errors else 200)
    try:
        services.correct_account(found, by=person(request), **form.cleaned_data)
        messages.success(request, _("Changed. The buyer has been told."))
    except AlreadyDecided:
        messages.info(request, _("Nothing was done: it has this account, or no longer waits for a person."))
    return redirect("desk:refunds")


@money_form
def returned(request: HttpRequest, pk: int) -> HttpResponse:
    """The bank could not pay it out. Its money may have come in as a transfer meanwhile, which is shown first.

    Or it came back to the rail that made it.
    """
    sent = _refund(pk)
    form = RefundReturnedForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _returned_page(request, sent, form)
    try:
        services.returned(sent, by=person(request), **form.cleaned_data)
        messages.success(request, _("Noted. The buyer has been asked for another account."))
    except CameInMeanwhile:
        form.add_error(None, _("A transfer of this sum has just come in. Look at it before you go on."))
        return _returned_page(request, sent, form)
    except AlreadyDecided:
        messages.info(
            request, _("Nothing was done: this refund was not sent yet, or it is owed again already.")
        )
    return redirect("desk:refunds")


def _returned_page(request: HttpRequest, sent: Refund, form: RefundReturnedForm) -> HttpResponse:
    transfers = came_in_since(sent).select_related("payment").order_by("-pk")
    context = {"refund": sent, "form": form, "transfers": transfers}
    return render(request, "desk/refund_returned.html", context, status=422 if form.errors else 200)


@money_action
def found(request: HttpRequest, pk: int) -> HttpResponse:
    form = FoundAtRailForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Type the rail's number of the refund: it proves that the money has left."))
        return redirect("desk:refunds")
    try:
        services.found_at_rail(_refund(pk), number=form.cleaned_data["number"], by=person(request))
        messages.success(request, _("Noted as sent back."))
    except AlreadyDecided:
        messages.info(request, _("Nothing was done: it is settled, or just being asked about."))
    except OfAnother:
        messages.error(request, _("Another refund of this payment has that number."))
    return redirect("desk:refunds")


@money_action
def not_found(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        services.not_found_at_rail(_refund(pk), by=person(request))
        messages.success(request, _("It is now among the refunds to make by bank transfer."))
    except AlreadyDecided:
        messages.info(request, _("Nothing was done: it is settled, or just being asked about."))
    return redirect("desk:refunds")


@money_action
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        giving_back.approve(_refund(pk), by=person(request))
        messages.success(request, _("Approved: the money goes back."))
    except OnePerson:
        messages.error(request, _("You asked for this refund. A second person has to approve it."))
    except AlreadyDecided:
        messages.info(request, _("Nothing was done: somebody has decided about this refund."))
    return redirect("desk:refunds")


@money_action
def call_off(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        giving_back.call_off(_refund(pk), by=person(request))
        messages.success(request, _("Called off."))
    except AlreadyDecided:
        messages.info(request, _("Nothing was done: somebody has decided about this refund."))
    return redirect("desk:refunds")


def what_follows(refund: Refund) -> str:
    if refund.state == Refund.State.PROPOSED:
        return _("Proposed. Above the limit a second person has to approve it.")
    return _("Decided: the money goes back.")


def _refund(pk: int) -> Refund:
    rows = Refund.objects.select_related("payment__order", "seller_order")
    row: Refund = get_object_or_404(rows, pk=pk)
    return row
