"""Corrections of the books: propose, approve as a second person, or drop. Parked work. The diary."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from marketplace.outbox.models import Job
from payments.desk import corrections as services
from payments.desk.access import money_action, money_staff_required, person
from payments.desk.correction_forms import CorrectionForm
from payments.desk.exceptions import AlreadyDecided, NotTakenBack, SamePerson, SentBefore
from payments.desk.exports import actions_xlsx, spreadsheet
from payments.desk.handling import retry
from payments.desk.jobs import name_of
from payments.desk.models import Correction, DeskAction
from payments.desk.views.paging import page_of

DECIDED = 50
"""Those decided last; all are in the diary."""
_FIELDS = ("debit", "credit", "amount", "memo", "token")


@require_GET
@money_staff_required
def corrections(request: HttpRequest) -> HttpResponse:
    return _list(request, CorrectionForm(initial={"token": uuid4()}))


@money_action
def propose(request: HttpRequest) -> HttpResponse:
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    said = {name: form.cleaned_data[name] for name in _FIELDS}
    try:
        services.propose(**said, order=form.cleaned_data["about"], by=person(request))
        messages.success(request, _("Proposed. It is booked once a second person approves it."))
    except SentBefore as known:
        messages.info(request, str(known))
    return redirect("desk:corrections")


@money_action
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        services.approve(get_object_or_404(Correction, pk=pk), by=person(request))
        messages.success(request, _("Booked."))
    except NotTakenBack as refused:
        messages.error(request, str(refused))
    except SamePerson:
        messages.error(request, _("You proposed this. A second person has to approve it."))
    except AlreadyDecided:
        messages.info(request, _("Nothing was done: it was decided before."))
    return redirect("desk:corrections")


@money_action
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        services.reject(get_object_or_404(Correction, pk=pk), by=person(request))
        messages.success(request, _("Dropped. Nothing is booked."))
    except AlreadyDecided:
        messages.info(request, _("Nothing was done: it was decided before."))
    return redirect("desk:corrections")


@require_GET
@money_staff_required
def jobs(request: HttpRequest) -> HttpResponse:
    parked = Job.objects.filter(state=Job.State.PARKED).order_by("created_at", "pk")
    page = page_of(request, parked)
    return render(request, "desk/jobs.html", {"page": page, "jobs": [(name_of(job), job) for job in page]})


@money_action
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        retry(get_object_or_404(Job, pk=pk), by=person(request))
        messages.success(request, _("It will be tried again within a minute."))
    except AlreadyDecided:
        messages.info(request, _("Nothing was done: it is not parked any more."))
    return redirect("desk:jobs")


@require_GET
@money_staff_required
def diary(request: HttpRequest) -> HttpResponse:
    page = page_of(request, DeskAction.objects.select_related("actor"))
    return render(request, "desk/diary.html", {"page": page})


@require_GET
@money_staff_required
def diary_file(request: HttpRequest) -> HttpResponse:
    return spreadsheet(f"nhat-ky-ban-tien-{timezone.localdate():%Y%m%d}.xlsx", actions_xlsx())


def _list(request: HttpRequest, form: CorrectionForm, *, status: int = 200) -> HttpResponse:
    related = ("debit__partner", "credit__partner", "proposed_by", "decided_by", "transfer", "order")
    found = Correction.objects.select_related(*related, "entry__reversed_by", "reverses")
    found = found.prefetch_related("reverses__lines__account__partner")
    context = {
        "form": form,
        "waiting": found.filter(state=Correction.State.PROPOSED),
        "decided": found.exclude(state=Correction.State.PROPOSED)[:DECIDED],
    }
    return render(request, "desk/corrections.html", context, status=status)
