"""One touch on a product's stock."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class StockForm(forms.Form):
    """Either a new count, `left` in place of `shown`, or the switch `paused`.

    Only the difference between the two counts is booked: packs may sell while the page is open.
    """

    left = forms.IntegerField(
        min_value=0,
        max_value=100_000,
        required=False,
        error_messages={"invalid": _("Type the number of packs in digits.")},
    )
    shown = forms.IntegerField(required=False)
    paused = forms.TypedChoiceField(
        choices=[("1", "on"), ("0", "off")],
        coerce=lambda value: value == "1",
        empty_value=None,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        counted = data.get("left") is not None and data.get("shown") is not None
        if not self.errors and not counted and data.get("paused") is None:
            raise forms.ValidationError(_("Type the number of packs in digits."))
        return data
