"""A seller's certificate of the tax kept back in a calendar year, as a PDF."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import ExtractMonth
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from catalogue.money import grouped
from farmers.partner.models import Partner
from marketplace import typesetting
from payments.tax.meter import in_year

TEMPLATE = Path(__file__).parent / "certificate.typ"


def certificate(seller: Partner, year: int) -> bytes:
    """Month by month and in all, in Vietnamese; months without a sale or a refund are left out."""
    with translation.override("vi"):
        return typesetting.pdf(TEMPLATE, _facts(seller, year))


def _facts(seller: Partner, year: int) -> dict[str, Any]:
    months = _months(seller, year)
    taxpayer = getattr(seller, "taxpayer", None)
    return {
        "platform": settings.SITE_NAME,
        "title": _("Certificate of tax kept back"),
        "year": _("Year %(year)d") % {"year": year},
        "who": [
            [_("Full name"), taxpayer.name if taxpayer else seller.name],
            [_("Tax number"), taxpayer.number if taxpayer else _("not given yet")],
            [_("Stall"), seller.name],
            [_("Place"), str(seller.commune or "")],
        ],
        "head": [_("Month"), _("Revenue (đ)"), _("VAT (đ)"), _("Personal income tax (đ)"), _("Sum (đ)")],
        "rows": [[f"{month:02}/{year}", *_words(sums)] for month, sums in months],
        "total": [_("Whole year"), *_words([sum(column) for column in zip(*_sums(months), strict=True)])],
        "law": _(
            "Kept back by the platform from sales by Decree 117/2025/NĐ-CP; refunds are taken off in the month "
            "in which they happened."
        ),
        "made": _("Made on %(day)s") % {"day": timezone.localdate().strftime("%d/%m/%Y")},
    }


def _months(seller: Partner, year: int) -> list[tuple[int, list[int]]]:
    rows = in_year(year).filter(partner=seller).annotate(month=ExtractMonth("occurred_at"))
    sums = rows.order_by("month").values("month")
    totals = sums.annotate(all_revenue=Sum("revenue"), all_vat=Sum("vat"), all_income_tax=Sum("income_tax"))
    return [(row["month"], [row["all_revenue"], row["all_vat"], row["all_income_tax"]]) for row in totals]


def _sums(months: list[tuple[int, list[int]]]) -> list[list[int]]:
    return [sums for _month, sums in months] or [[0, 0, 0]]


def _words(sums: list[int]) -> list[str]:
    _revenue, vat, income_tax = sums
    return [grouped(amount) for amount in (*sums, vat + income_tax)]
