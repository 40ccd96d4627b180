"""The month's declaration of tax kept back (Decree 117/2025: monthly, by the platform) as a spreadsheet."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from farmers.partner.models import Partner
from marketplace.accounts.phones import national
from marketplace.spreadsheets import Column, Value, table
from payments.tax.meter import in_month
from payments.tax.models import Withheld

_PARCEL = Q(kind=Withheld.Kind.SOLD)
_REFUNDED = Q(kind=Withheld.Kind.REFUNDED)
_AMOUNTS = ("sold", "refunded", "revenue", "taxed", "vat", "income_tax", "total")


def declaration(year: int, month: int) -> bytes:
    """XLSX: one row for each seller with a sale or a refund in that month, and the totals. In Vietnamese.

    Refunds count in the month in which they happened, and so does tax of earlier sales that a sale of the month
    made due. Raises ValueError for a month that is none.
    """
    with translation.override("vi"):
        found = list(_by_seller(in_month(year, month)))
        sums = [sum(row[name] for row in found) for name in _AMOUNTS]
        parcels = sum(row["parcels"] for row in found)
        return table(
            f"{month:02}-{year}",
            columns=_columns(),
            rows=[_line(at, row) for at, row in enumerate(found, start=1)],
            above=[
                _("Tax kept back from sellers, %(month)02d/%(year)d") % {"month": month, "year": year},
                *_warning(sum(row["number"] is None for row in found)),
            ],
            totals=[None, None, _("Total"), None, None, parcels, *sums],
        )


def _warning(nameless: int) -> list[str]:
    if not nameless:
        return []
    words = _("ATTENTION: %(count)d sellers have no tax number yet. Ask them before handing this in.")
    return [words % {"count": nameless}]


def _by_seller(rows: QuerySet[Withheld]) -> Iterator[dict[str, Any]]:
    grouped = rows.values("partner").annotate(
        parcels=Count("seller_order", filter=_PARCEL, distinct=True),
        sold=Sum("revenue", filter=~_REFUNDED, default=0),
        refunded=Sum("revenue", filter=_REFUNDED, default=0),
        all_revenue=Sum("revenue"),
        all_taxed=Sum("taxed"),
        all_vat=Sum("vat"),
        all_income_tax=Sum("income_tax"),
    )
    sums = {row["partner"]: row for row in grouped}
    for seller in Partner.objects.filter(pk__in=sums).select_related("taxpayer").order_by("name", "pk"):
        row = sums[seller.pk]
        yield _who(seller) | {
            "parcels": row["parcels"],
            "sold": row["sold"],
            "refunded": row["refunded"],
            "revenue": row["all_revenue"],
            "taxed": row["all_taxed"],
            "vat": row["all_vat"],
            "income_tax": row["all_income_tax"],
            "total": row["all_vat"] + row["all_income_tax"],
        }


def _who(seller: Partner) -> dict[str, Any]:
    taxpayer = getattr(seller, "taxpayer", None)
    return {
        "number": taxpayer.number if taxpayer else None,
        "name": taxpayer.name if taxpayer else seller.name,
        "stall": seller.name,
        "phone": national(seller.phone) if seller.phone else "",
    }


def _line(at: int, row: dict[str, Any]) -> list[Value]:
    number = row["number"] or _("MISSING")
    return [at, number, *(row[name] for name in ("name", "stall", "phone", "parcels", *_AMOUNTS))]


def _columns() -> list[Column]:
    return [
        Column(_("No."), 6),
        Column(_("Tax number"), 16),
        Column(_("Full name"), 30),
        Column(_("Stall"), 30),
        Column(_("Phone number"), 16),
        Column(_("Parcels sold"), 10),
        Column(_("Sold (đ)"), 18),
        Column(_("Given back (đ)"), 18),
        Column(_("Revenue (đ)"), 18),
        Column(_("Taxed revenue (đ)"), 18),
        Column(_("VAT (đ)"), 14),
        Column(_("Personal income tax (đ)"), 14),
        Column(_("Tax in all (đ)"), 14),
    ]
