"""What others say of our money: runs, differences, statements."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from payments.desk import settling
from payments.desk.access import money_action, money_staff_required, person
from payments.desk.exports import items_xlsx, spreadsheet
from payments.desk.queues import rails
from payments.desk.settling_forms import ExplainForm, LinkForm, ListForm, RailPayoutForm, StatementForm
from payments.reconciliation.bank import alike, lists_like, unsettled
from payments.reconciliation.carriers import owed_by_carriers
from payments.reconciliation.exceptions import AlreadyBroughtIn, AlreadySettled, NotThatWay
from payments.reconciliation.models import Finding, Item, Run, Statement, StatementRow
from payments.tables.exceptions import UnreadableFile

PAGE = 50


@require_GET
@money_staff_required
def overview(request: HttpRequest) -> HttpResponse:
    items = Item.objects.filter(state=Item.State.OPEN).select_related("row__statement", "payment")
    return render(
        request,
        "desk/reconciliation.html",
        {
            "page": Paginator(items, PAGE).get_page(request.GET.get("trang")),
            "runs": Run.objects.all()[:12],
            "carriers": owed_by_carriers(),
        },
    )


@require_GET
@money_staff_required
def items_file(request: HttpRequest) -> HttpResponse:
    return spreadsheet(f"doi-soat-{timezone.localdate():%Y%m%d}.xlsx", items_xlsx())


@require_GET
@money_staff_required
def item(request: HttpRequest, pk: int) -> HttpResponse:
    return _item_page(request, _item(pk))


@money_action
def resolve(request: HttpRequest, pk: int, way: str) -> HttpResponse:
    """``way`` is one of _ACTS. Raises Http404 for any other."""
    found = _item(pk)
    form = _form(request, found, way)
    if not form.is_valid():
        return _item_page(request, found, **{_FORMS[way]: form})
    try:
        _ACTS[way](found, by=person(request), **form.cleaned_data)
        messages.success(request, _("Settled."))
    except AlreadySettled:
        messages.info(request, _("Nothing was done: somebody has settled this."))
    except NotThatWay as refused:
        messages.error(request, str(refused))
    return redirect("desk:item", pk)


_ACTS: dict[str, Callable[..., Item]] = {
    "ghi-chu": settling.explain,
    "nhan-tien": settling.take_in,
    "cong-tra": settling.settle_as_rail,
    "khop": settling.link,
    "bang-ke": settling.link_list,
    "hang-nop": settling.accept_less,
}
#: where the page shows each form
_FORMS = {
    "ghi-chu": "explain",
    "nhan-tien": "take_in",
    "cong-tra": "payout",
    "khop": "link",
    "bang-ke": "list",
    "hang-nop": "accept",
}


def _form(request: HttpRequest, found: Item, way: str) -> Form:
    if way not in _ACTS:
        raise Http404
    forms: dict[str, Callable[[], Form]] = {
        "ghi-chu": lambda: ExplainForm(request.POST),
        "cong-tra": lambda: RailPayoutForm(request.POST, rails=_rails()),
        "khop": lambda: LinkForm(request.POST, transfers=unsettled(_row(found))),
        "bang-ke": lambda: ListForm(request.POST, lists=lists_like(_row(found))),
    }
    return forms[way]() if way in forms else Form(request.POST)


def _row(found: Item) -> StatementRow:
    """Raises Http404 where no row of the bank's statement opened the difference."""
    if found.row is None or found.source != Item.BANK:
        raise Http404
    return found.row


@require_GET
@money_staff_required
def statements(request: HttpRequest) -> HttpResponse:
    return _statements_page(request, StatementForm())


@require_POST
@money_staff_required
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
    rows = kept.rows.select_related("transfer__payment", "parcel", "item").order_by("line")
    shown = request.GET.get("loai", "")
    if shown in StatementRow.Outcome.values:
        rows = rows.filter(outcome=shown)
    outcomes = kept.rows.order_by().values("outcome").annotate(count=Count("pk"), total=Sum("amount"))
    context = {
        "kept": kept,
        "page": Paginator(rows, 200).get_page(request.GET.get("trang")),
        "outcomes": _named(list(outcomes)),
        "shown": shown,
    }
    return render(request, "desk/statement.html", context)


@money_action
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        settling.apply(get_object_or_404(Statement, pk=pk), by=person(request))
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


def _named(outcomes: list[Any]) -> list[dict[str, Any]]:
    return [{**one, "label": StatementRow.Outcome(one["outcome"]).label} for one in outcomes]


def _item(pk: int) -> Item:
    related = ("row__statement", "payment__order", "run", "resolved_by", "entry")
    found: Item = get_object_or_404(Item.objects.select_related(*related), pk=pk)
    return found


def _rails() -> list[tuple[str, str]]:
    return [(rail.way.code, str(rail.way.label)) for rail in rails() if not rail.way.waits_for_delivery]


def _item_page(request: HttpRequest, found: Item, **forms: object) -> HttpResponse:
    context = {"item": found, "explain": ExplainForm(), "is_less": _is_less(found), **_bank_credit(found)}
    return render(request, "desk/item.html", context | forms, status=422 if forms else 200)


def _is_less(found: Item) -> bool:
    """A carrier's list has less for a parcel than was collected."""
    on_a_list = found.row is not None and found.source != Item.BANK
    return on_a_list and found.finding == Finding.AMOUNT_DIFFERS and found.their_amount < found.our_amount


def _bank_credit(found: Item) -> dict[str, object]:
    """What a credit on the bank's statement can be: a transfer that we know, a carrier's list, or news."""
    if found.row is None or found.source != Item.BANK or found.state != Item.State.OPEN:
        return {}
    transfers, lists = unsettled(found.row), lists_like(found.row)
    return {
        "is_bank_credit": True,
        "is_news": not alike(found.row),
        "link": LinkForm(transfers=transfers) if transfers else None,
        "list": ListForm(lists=lists) if lists else None,
        "payout": RailPayoutForm(rails=_rails()),
    }


def _statements_page(request: HttpRequest, form: StatementForm, *, status: int = 200) -> HttpResponse:
    kept = Statement.objects.defer("content")[:30]
    return render(request, "desk/statements.html", {"form": form, "kept": kept}, status=status)
