"""Files of the bank and of carriers: brought in, looked at, applied or set aside."""

import re
from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from payments.desk import settling
from payments.desk.access import money_action, money_post, money_staff_required, person
from payments.desk.settling_forms import StatementForm
from payments.desk.views.paging import page_of
from payments.reconciliation.exceptions import AlreadyBroughtIn, AlreadySettled, NotThatWay
from payments.reconciliation.models import Statement, StatementRow
from payments.reconciliation.tallies import tallies
from payments.tables.exceptions import UnreadableFile

_LINE = re.compile(r"[0-9]{1,6}")


@require_GET
@money_staff_required
def statements(request: HttpRequest) -> HttpResponse:
    return _statements_page(request, StatementForm())


@money_post
def upload(request: HttpRequest) -> HttpResponse:
    """Nothing moves yet: that waits for apply(), and a file could not wait for a fresh code."""
    form = StatementForm(request.POST, request.FILES)
    if not form.is_valid():
        return _statements_page(request, form, status=422)
    said, file = form.cleaned_data, form.cleaned_data["file"]
    try:
        kept = settling.bring_in(
            kind=said["kind"],
            carrier=said["carrier"],
            name=file.name,
            content=file.read(),
            by=person(request),
        )
    except UnreadableFile as error:
        form.add_error("file", str(error))
        return _statements_page(request, form, status=422)
    except AlreadyBroughtIn as known:
        messages.warning(request, _("This very file was brought in before: here it is."))
        return redirect("desk:statement", known.args[0])
    return redirect("desk:statement", kept.pk)


@require_GET
@money_staff_required
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    kept = get_object_or_404(
        Statement.objects.defer("content").select_related("read_by", "applied_by"), pk=pk
    )
    rows = (
        kept.rows.select_related("statement", "transfer__payment", "parcel", "item")
        .defer("statement__content")
        .prefetch_related("matches__entry")
        .annotate(earlier=_earlier())
        .order_by("line")
    )
    shown, line = request.GET.get("loai", ""), request.GET.get("dong", "")
    if shown in StatementRow.Outcome.values:
        rows = rows.filter(outcome=shown)
    if _LINE.fullmatch(line):
        rows = rows.filter(line=line)
    outcomes = kept.rows.order_by().values("outcome").annotate(count=Count("pk"), total=Sum("amount"))
    context = {
        "kept": kept,
        "page": page_of(request, rows, most=200),
        "outcomes": _named(list(outcomes)),
        "tally": tallies([kept])[kept.pk],
        "shown": shown,
        "line": line,
    }
    return render(request, "desk/statement.html", context)


@money_action
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        applied = settling.apply(get_object_or_404(Statement, pk=pk), by=person(request))
        if applied.state == Statement.State.APPLIED:
            messages.success(request, _("Applied. What does not agree is in the queue of differences."))
    except AlreadySettled:
        messages.info(request, _("Nothing was done: this statement was applied or set aside before."))
    return redirect("desk:statement", pk)


@money_action
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        settling.discard(get_object_or_404(Statement, pk=pk), by=person(request))
        messages.success(request, _("Set aside. Bring the file in again as what it is."))
    except AlreadySettled:
        messages.info(request, _("Nothing was done: this statement was applied or set aside before."))
    return redirect("desk:statements")


@money_action
def another(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(StatementRow, pk=pk)
    try:
        settling.apply_as_another(row, by=person(request))
        messages.success(request, _("Applied as another movement."))
    except AlreadySettled:
        messages.info(request, _("Nothing was done: somebody has settled this."))
    except NotThatWay as refused:
        messages.error(request, str(refused))
    return redirect("desk:statement", row.statement_id)


def _earlier() -> Subquery:
    """The statement that a repeated row was in before."""
    return Subquery(StatementRow.objects.applied().filter(digest=OuterRef("digest")).values("statement")[:1])


def _named(outcomes: list[Any]) -> list[dict[str, Any]]:
    return [{**one, "label": StatementRow.Outcome(one["outcome"]).label} for one in outcomes]


def _statements_page(request: HttpRequest, form: StatementForm, *, status: int = 200) -> HttpResponse:
    page = page_of(request, Statement.objects.defer("content"), most=30)
    tallied = tallies(list(page))
    context = {"form": form, "page": page, "kept": [(one, tallied[one.pk]) for one in page]}
    return render(request, "desk/statements.html", context, status=status)
