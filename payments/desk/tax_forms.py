"""Which month is declared, and whose year is certified."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from farmers.partner.models import Partner

FIRST_YEAR = 2025
"""Decree 117/2025: platforms keep tax back from 1 July 2025."""


class _OfAYear(forms.Form):
    #: both forms stand on one page: begins the ids of the fields
    named = ""

    year = forms.TypedChoiceField(label=_("Year"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{self.named}-%s"} | kwargs)
        years = range(timezone.localdate().year, FIRST_YEAR - 1, -1)
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]


class DeclarationForm(_OfAYear):
    named = "to-khai"
    month = forms.TypedChoiceField(
        label=_("Month"), coerce=int, choices=[(month, f"{month:02}") for month in range(1, 13)]
    )

    field_order = ("month", "year")


class _StallChoice(forms.ModelChoiceField[Partner]):
    def label_from_instance(self, seller: Partner) -> str:
        return f"{seller.name} ({seller.code})"


class CertificateForm(_OfAYear):
    named = "chung-tu"
    seller = _StallChoice(Partner.objects.order_by("name", "pk"), label=_("Stall"), to_field_name="code")

    field_order = ("seller", "year")
