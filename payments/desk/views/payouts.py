"""Batches of payouts: made by one person, approved by another, sent, paid by file or by hand."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from payments import qr
from payments.desk import paying_out
from payments.desk.access import money_action, money_staff_required, person
from payments.desk.payout_forms import ApproveForm, MakeForm, SettleForm
from payments.desk.views.paging import page_of
from payments.payouts.by_hand import qr_payload
from payments.payouts.days import next_day, payout_days
from payments.payouts.exceptions import NotNow, SamePerson
from payments.payouts.models import Payout, PayoutBatch, PayoutFile

State = PayoutBatch.State


@require_GET
@money_staff_required
def batches(request: HttpRequest) -> HttpResponse:
    page = page_of(request, PayoutBatch.objects.select_related("made_by", "approved_by"))
    today = timezone.localdate()
    context = {
        "page": page,
        "today": today,
        "next_day": next_day(today, payout_days()),
        "make": MakeForm(initial={"token": uuid4()}),
    }
    return render(request, "desk/payout_batches.html", context)


@money_action
def make(request: HttpRequest) -> HttpResponse:
    form = MakeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("No batch was made: this page was too old. Press the button once more."))
        return redirect("desk:payout_batches")
    token = form.cleaned_data["token"]
    batch, is_new = paying_out.make(token=token, by=person(request), now=timezone.now())
    if is_new:
        messages.success(request, _("The batch is being put together. Load this page again in a moment."))
    else:
        messages.info(request, _("You pressed twice: this one batch was made, and no second one."))
    return redirect("desk:payout_batch", batch.pk)


@require_GET
@money_staff_required
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    found = _batch(pk)
    payouts = found.payouts.select_related("partner").order_by("partner__name", "pk")
    if reference := request.GET.get("khoan", ""):
        payouts = payouts.filter(reference=reference)
    context = {
        "batch": found,
        "reference": reference,
        "page": page_of(request, payouts),
        "files": found.files.defer("content").select_related("batch") if found.state == State.SENT else (),
        "approve": ApproveForm(initial={"total": found.total}),
        "settle": SettleForm(),
        "is_maker": found.made_by_id == person(request).pk,
    }
    return render(request, "desk/payout_batch.html", context)


@money_action
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _batch(pk), ApproveForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, _("Nothing was approved: the total that you saw did not come with it. Look again.")
        )
        return redirect("desk:payout_batch", pk)
    try:
        total = form.cleaned_data["total"]
        paying_out.approve(found, by=person(request), total=total, now=timezone.now())
        messages.success(request, _("Approved. The files are written; send the batch to fetch them."))
    except SamePerson:
        messages.error(request, _("You made this batch. A second person has to approve it."))
    except NotNow:
        _say_as_it_is(request, found)
    return redirect("desk:payout_batch", pk)


@money_action
def send(request: HttpRequest, pk: int) -> HttpResponse:
    found = _batch(pk)
    try:
        paying_out.send(found, by=person(request), now=timezone.now())
        messages.success(request, _("Booked as sent. Now give one of the files to the bank, or pay by hand."))
    except NotNow:
        _say_as_it_is(request, found)
    return redirect("desk:payout_batch", pk)


@money_action
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    found = _batch(pk)
    try:
        paying_out.cancel(found, by=person(request))
        messages.success(request, _("Cancelled. Its parcels are due again and come into the next batch."))
    except NotNow:
        _say_as_it_is(request, found)
    return redirect("desk:payout_batch", pk)


@require_GET
@money_staff_required
def file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The bytes that were written at the approval; only once the batch counts as sent."""
    files = PayoutFile.objects.select_related("batch").filter(batch__state=State.SENT)
    found = get_object_or_404(files, batch=pk, form=form)
    return HttpResponse(
        bytes(found.content),
        content_type=PayoutFile.CONTENT_TYPES[PayoutFile.Form(found.form)],
        headers={"Content-Disposition": f'attachment; filename="{found.name}"'},
    )


@require_GET
@money_staff_required
def codes(request: HttpRequest, pk: int) -> HttpResponse:
    """A VietQR code for each payout that is still on its way, to pay from a banking app."""
    found = _batch(pk)
    on_their_way = found.payouts.filter(state=Payout.State.SENT).select_related("partner")
    page = page_of(request, on_their_way.order_by("partner__name", "pk"), most=20)
    return render(request, "desk/payout_codes.html", {"batch": found, "page": page})


@require_GET
@money_staff_required
def code(request: HttpRequest, reference: str) -> HttpResponse:
    payout = get_object_or_404(Payout, reference=reference, state=Payout.State.SENT)
    payload = qr_payload(payout)
    if payload is None:
        raise Http404
    return HttpResponse(qr.svg(payload), content_type="image/svg+xml")


def _batch(pk: int) -> PayoutBatch:
    people = ("made_by", "approved_by", "sent_by")
    found: PayoutBatch = get_object_or_404(PayoutBatch.objects.select_related(*people), pk=pk)
    return found


def _say_as_it_is(request: HttpRequest, batch: PayoutBatch) -> None:
    batch.refresh_from_db()
    words = _("Nothing was done: the batch is now “%(state)s”. Look at it again.")
    messages.info(request, words % {"state": batch.get_state_display()})
