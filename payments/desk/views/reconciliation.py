"""What others say of our money, and how a person settles what differs."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from payments.desk import settling
from payments.desk.access import money_action, money_staff_required, person
from payments.desk.corrections import fitting
from payments.desk.exports import items_xlsx, spreadsheet
from payments.desk.queues import rails
from payments.desk.settling_forms import ExplainForm, LinkForm, ListForm, MovementsForm, RailPayoutForm
from payments.desk.views.paging import page_of
from payments.reconciliation.bank import alike, lists_like, unsettled
from payments.reconciliation.carriers import owed_by_carriers
from payments.reconciliation.exceptions import AlreadySettled, NotThatWay
from payments.reconciliation.models import Finding, Item, Run, Statement, StatementRow
from payments.reconciliation.movements import like
from payments.reconciliation.tallies import Tally, tallies
from payments.transfers import BANK_RAIL

LAST = 12
"""Questions to rails, statements and settled differences of which the page says what they came to."""


@require_GET
@money_staff_required
def overview(request: HttpRequest) -> HttpResponse:
    items = Item.objects.filter(state=Item.State.OPEN).select_related("row__statement", "payment")
    return render(
        request,
        "desk/reconciliation.html",
        {
            "page": page_of(request, items),
            "settled": Item.objects.filter(state=Item.State.RESOLVED).order_by("-resolved_at", "-pk")[:LAST],
            "runs": Run.objects.all()[:LAST],
            "statements": _last_statements(),
            "carriers": owed_by_carriers(),
        },
    )


def _last_statements() -> list[tuple[Statement, Tally]]:
    """Those applied last, or being applied; others say nothing yet."""
    compared = Statement.objects.filter(applied_at__isnull=False).order_by("-applied_at", "-pk")
    last = list(compared.defer("content")[:LAST])
    tallied = tallies(last)
    return [(one, tallied[one.pk]) for one in last]


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
    if form.is_valid():
        _settle(request, found, way, form.cleaned_data)
    elif _item(pk).is_open:
        return _item_page(request, found, **{_FORMS[way]: form})
    else:  # a second tap: what it chose is no longer offered
        _say_settled(request)
    return redirect("desk:item", pk)


def _settle(request: HttpRequest, found: Item, way: str, said: dict[str, Any]) -> None:
    try:
        told = _ACTS[way](found, by=person(request), **said)
        messages.success(request, _WAITS if told.is_open else _("Settled."))
    except AlreadySettled:
        _say_settled(request)
    except NotThatWay as refused:
        messages.error(request, str(refused))


def _say_settled(request: HttpRequest) -> None:
    messages.info(request, _("Nothing was done: somebody has settled this."))


_WAITS = gettext_lazy("Noted. It is settled once a second person agrees.")
_ACTS: dict[str, Callable[..., Item]] = {
    "ghi-chu": settling.explain,
    "dong-y": settling.agree,
    "nhan-tien": settling.take_in,
    "cong-tra": settling.settle_as_rail,
    "khop": settling.link,
    "bang-ke": settling.link_list,
    "so-sach": settling.link_movements,
    "phi-ngan-hang": settling.charge_bank_fee,
    "hang-nop": settling.accept_sum,
}
#: where the page shows each form
_FORMS = {
    "ghi-chu": "explain",
    "dong-y": "agree",
    "nhan-tien": "take_in",
    "cong-tra": "payout",
    "khop": "link",
    "bang-ke": "list",
    "so-sach": "movements",
    "phi-ngan-hang": "fee",
    "hang-nop": "accept",
}


def _form(request: HttpRequest, found: Item, way: str) -> Form:
    if way not in _ACTS:
        raise Http404
    forms: dict[str, Callable[[], Form]] = {
        "ghi-chu": lambda: ExplainForm(request.POST, corrections=fitting(found)),
        "cong-tra": lambda: RailPayoutForm(request.POST, rails=_rails()),
        "khop": lambda: LinkForm(request.POST, transfers=unsettled(_row(found))),
        "bang-ke": lambda: ListForm(request.POST, lists=lists_like(_row(found))),
        "so-sach": lambda: MovementsForm(request.POST, movements=like(_row(found))),
    }
    return forms[way]() if way in forms else Form(request.POST)


def _row(found: Item) -> StatementRow:
    """Raises Http404 where no row of the bank's statement opened the difference."""
    if found.bank_row is None:
        raise Http404
    return found.bank_row


def _item(pk: int) -> Item:
    related = ("row__statement", "payment__order", "refund", "resolved_by", "explained_by", "entry", "booked")
    found: Item = get_object_or_404(Item.objects.select_related(*related), pk=pk)
    return found


def _rails() -> list[tuple[str, str]]:
    """Those that pay out what they hold: bank transfers come one by one."""
    ways = [rail.way for rail in rails()]
    return [
        (way.code, str(way.label)) for way in ways if not way.waits_for_delivery and way.code != BANK_RAIL
    ]


def _item_page(request: HttpRequest, found: Item, **forms: object) -> HttpResponse:
    explain = ExplainForm(corrections=fitting(found))
    context = {"item": found, "explain": explain, "me": person(request), **_ways(found)}
    return render(request, "desk/item.html", context | forms, status=422 if forms else 200)


def _ways(found: Item) -> dict[str, object]:
    """What else a person can say that it is: a movement in our books, or what only money that came can be."""
    if not found.is_open or found.bank_row is None:
        return {}
    movements = like(found.bank_row)
    known: dict[str, object] = {"movements": MovementsForm(movements=movements) if movements else None}
    return known | _credit(found, found.bank_row) if found.came else known


def _credit(found: Item, row: StatementRow) -> dict[str, object]:
    """A transfer that we know, a carrier's list, a rail's payout, or news."""
    transfers, lists = unsettled(row), lists_like(row)
    return {
        "is_news": found.finding == Finding.MISSING_HERE and not alike(row),
        "link": LinkForm(transfers=transfers) if transfers else None,
        "list": ListForm(lists=lists) if lists else None,
        "payout": RailPayoutForm(rails=_rails()),
    }
