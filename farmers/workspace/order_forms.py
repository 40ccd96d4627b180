"""What a seller tells about a parcel: who carries it, or why it will not come."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _


class Carrier(models.TextChoices):
    """Kept as it is shown: the buyer reads it, and later choices must not change what was said then."""

    VIETTEL_POST = "Viettel Post", "Viettel Post"
    VNPOST = "Bưu điện (VNPost)", "Bưu điện (VNPost)"
    GHN = "Giao Hàng Nhanh", "Giao Hàng Nhanh (GHN)"
    GHTK = "Giao Hàng Tiết Kiệm", "Giao Hàng Tiết Kiệm (GHTK)"
    JT = "J&T Express", "J&T Express"
    COACH = "Xe khách, chành xe", _("By coach or haulier")
    OWN = "Nhà vườn tự giao", _("I bring it myself")

    @classmethod
    def without_number(cls) -> tuple[str, ...]:
        return (cls.COACH, cls.OWN)


class HandOverForm(forms.Form):
    carrier = forms.ChoiceField(label=_("Who carries it"), choices=Carrier.choices, widget=forms.RadioSelect)
    tracking_number = forms.CharField(
        label=_("Tracking number"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        help_text=_("Printed on the carrier's receipt. By coach: the coach's phone number, if you have it."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        carrier = data.get("carrier")
        if carrier and carrier not in Carrier.without_number() and not data.get("tracking_number"):
            self.add_error(
                "tracking_number", _("Type the number on the receipt: the buyer follows the parcel with it.")
            )
        return data


class CancelForm(forms.Form):
    note = forms.CharField(
        label=_("Why can you not send it?"),
        max_length=200,
        min_length=5,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The buyer reads this. One sentence is enough: “The rain spoiled the last lot.”"),
    )
