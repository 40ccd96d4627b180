"""What the stall earns: by month and year, by order, to print and to calculate with. The owner's alone."""

from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from farmers.partner.models import Partner, PartnerMember
from farmers.workspace import access
from marketplace.spreadsheets import XLSX_TYPE
from payments.ledger.accounts import owed_to
from payments.reconciliation.cash_states import cash_state
from payments.statements.files import statement_pdf, statement_xlsx
from payments.statements.paying import when_paid
from payments.statements.statement import (
    Month,
    Statement,
    month_statement,
    months_of,
    steps_of,
    year_statement,
)
from payments.tax.certificate import certificate
from payments.tax.meter import meter_of

_FILES: dict[str, tuple[Callable[[Statement, Partner], bytes], str]] = {
    "pdf": (statement_pdf, "application/pdf"),
    "xlsx": (statement_xlsx, XLSX_TYPE),
}


@access.for_owners
@require_GET
def money(request: HttpRequest, member: PartnerMember) -> HttpResponse:
    years: dict[int, list[Month]] = {}
    for month in months_of(member.partner):
        years.setdefault(month.first.year, []).append(month)
    by_year = [
        {
            "year": year,
            "months": months,
            "net": sum(month.net for month in months),
            "meter": meter_of(member.partner, year, today=timezone.localdate()),
        }
        for year, months in years.items()
    ]
    return _page(request, member, "money", years=by_year, owed=owed_to(member.partner))


@access.for_owners
@require_GET
def month(request: HttpRequest, member: PartnerMember, year: int, month: int) -> HttpResponse:
    return _page(request, member, "money_month", statement=_statement(member.partner, year, month))


@access.for_owners
@require_GET
def order(request: HttpRequest, member: PartnerMember, number: str) -> HttpResponse:
    seller_order = access.seller_order_for(member, number)
    steps = steps_of(seller_order)
    context = {
        "seller_order": seller_order,
        "steps": steps,
        "total": sum(step.amount for step in steps),
        "cash": cash_state(seller_order),
        "when": when_paid(member.partner, [seller_order.pk], now=timezone.now()).get(seller_order.pk),
    }
    return _page(request, member, "money_order", **context)


@access.for_owners
@require_GET
def statement(
    request: HttpRequest, member: PartnerMember, year: int, kind: str, month: int | None = None
) -> HttpResponse:
    """The file of a month, or of the whole year."""
    if kind not in _FILES:
        raise Http404
    write, content_type = _FILES[kind]
    content = write(_statement(member.partner, year, month), member.partner)
    name = f"sao-ke-{year}" + (f"-{month:02}" if month else "")
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


@access.for_owners
@require_GET
def tax_certificate(request: HttpRequest, member: PartnerMember, year: int) -> HttpResponse:
    """The year's certificate of the tax that the market kept back."""
    if not MINYEAR < year < MAXYEAR:
        raise Http404
    headers = {"Content-Disposition": f'inline; filename="chung-tu-khau-tru-{year}.pdf"'}
    return HttpResponse(certificate(member.partner, year), content_type="application/pdf", headers=headers)


def _statement(partner: Partner, year: int, month: int | None) -> Statement:
    try:
        return year_statement(partner, year) if month is None else month_statement(partner, year, month)
    except (ValueError, OverflowError) as error:
        raise Http404 from error


def _page(request: HttpRequest, member: PartnerMember, name: str, **context: object) -> HttpResponse:
    return render(request, f"workspace/{name}.html", {"member": member, "at": "money", **context})
