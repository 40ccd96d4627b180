"""The month's declaration of tax kept back, and a seller's certificate of the year."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from payments.desk.access import money_staff_required
from payments.desk.exports import spreadsheet
from payments.desk.tax_forms import CertificateForm, DeclarationForm
from payments.tax.certificate import certificate
from payments.tax.declaration import declaration


@require_GET
@money_staff_required
def overview(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_GET
@money_staff_required
def declaration_file(request: HttpRequest) -> HttpResponse:
    """Of any month, also one in which nothing was kept: that is declared too."""
    form = DeclarationForm(request.GET)
    if not form.is_valid():
        return _page(request, declare=form)
    year, month = form.cleaned_data["year"], form.cleaned_data["month"]
    return spreadsheet(f"thue-khau-tru-{year}-{month:02}.xlsx", declaration(year, month))


@require_GET
@money_staff_required
def certificate_file(request: HttpRequest) -> HttpResponse:
    form = CertificateForm(request.GET)
    if not form.is_valid():
        return _page(request, certify=form)
    seller, year = form.cleaned_data["seller"], form.cleaned_data["year"]
    headers = {"Content-Disposition": f'attachment; filename="chung-tu-khau-tru-{seller.code}-{year}.pdf"'}
    return HttpResponse(certificate(seller, year), content_type="application/pdf", headers=headers)


def _page(
    request: HttpRequest, *, declare: DeclarationForm | None = None, certify: CertificateForm | None = None
) -> HttpResponse:
    """Last month is due; in January the year that has just ended with it."""
    last_month = timezone.localdate().replace(day=1) - timedelta(days=1)
    due = {"year": last_month.year, "month": last_month.month}
    context = {
        "declare": declare or DeclarationForm(initial=due),
        "certify": certify or CertificateForm(initial=due),
    }
    return render(request, "desk/tax.html", context, status=422 if declare or certify else 200)
