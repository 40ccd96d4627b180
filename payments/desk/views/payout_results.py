"""What the bank said of our transfers: its file, or one payout settled by hand."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from payments.desk import paying_out
from payments.desk.access import money_action, money_form, money_staff_required, person
from payments.desk.payout_forms import ResultForm, SettleForm
from payments.payouts.exceptions import NotNow
from payments.payouts.models import Payout, ResultFile
from payments.tables.exceptions import UnreadableFile


@money_form
def upload(request: HttpRequest) -> HttpResponse:
    form = ResultForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = paying_out.bring_in(
                name=file.name, content=file.read(), by=person(request), now=timezone.now()
            )
            return redirect("desk:payout_result", kept.pk)
        except UnreadableFile as error:
            form.add_error("file", str(error))
    context = {"form": form, "imports": ResultFile.objects.defer("content", "rows")[:20]}
    return render(request, "desk/payout_results.html", context)


@require_GET
@money_staff_required
def result(request: HttpRequest, pk: int) -> HttpResponse:
    kept = get_object_or_404(ResultFile.objects.defer("content").select_related("imported_by"), pk=pk)
    wrong = [row for row in kept.rows if row["error"]]
    context = {"kept": kept, "wrong": wrong, "done": len(kept.rows) - len(wrong)}
    return render(request, "desk/payout_result.html", context)


@money_action
def settle(request: HttpRequest, reference: str) -> HttpResponse:
    payout = get_object_or_404(Payout.objects.select_related("partner"), reference=reference)
    form = SettleForm(request.POST)
    if form.is_valid():
        _settle(request, payout, form.cleaned_data["outcome"], form.cleaned_data["note"])
    else:
        messages.error(request, _("Say what the bank says, and its number or reason."))
    return redirect("desk:payout_batch", payout.batch_id)


def _settle(request: HttpRequest, payout: Payout, outcome: str, note: str) -> None:
    try:
        if outcome == "paid":
            paying_out.arrived(payout, bank_reference=note, by=person(request), now=timezone.now())
        else:
            paying_out.came_back(payout, reason=note, by=person(request), now=timezone.now())
        messages.success(request, _("Noted for %(seller)s.") % {"seller": payout.partner})
    except NotNow:
        words = _("Nothing was done: the payout is now “%(state)s”.")
        messages.info(request, words % {"state": payout.get_state_display()})
