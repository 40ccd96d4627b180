"""One entry of the books, found by its key, and the proposal to take it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from payments.desk import taking_back
from payments.desk.access import money_action, money_staff_required, person
from payments.desk.correction_forms import TakeBackForm
from payments.desk.exceptions import NotTakenBack
from payments.ledger.models import Entry

_BOOKS = Entry.objects.select_related(
    "order", "actor", "approved_by", "reverses", "reversed_by", "proposal__order"
)


@require_GET
@money_staff_required
def entry(request: HttpRequest) -> HttpResponse:
    """``khoa`` is the key; without one there is only the field to type it."""
    typed = request.GET.get("khoa", "").strip()
    return _page(request, _BOOKS.filter(key=typed).first() if typed else None, typed=typed)


@money_action
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = get_object_or_404(_BOOKS, pk=pk), TakeBackForm(request.POST)
    if not form.is_valid():
        return _page(request, found, typed=found.key, form=form)
    try:
        taking_back.propose(found, memo=form.cleaned_data["memo"], by=person(request))
    except NotTakenBack as refused:
        form.add_error(None, str(refused))
        return _page(request, found, typed=found.key, form=form)
    messages.success(request, _("Proposed. It is booked once a second person approves it."))
    return redirect("desk:corrections")


def _page(
    request: HttpRequest, found: Entry | None, *, typed: str, form: TakeBackForm | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"entry": found, "typed": typed, "form": form or TakeBackForm()}
    if found:
        context |= {
            "lines": found.lines.select_related("account__partner"),
            "order": taking_back.about(found),
            "why_not": taking_back.why_not(found),
        }
    return render(request, "desk/entry.html", context, status=422 if form else 200)
