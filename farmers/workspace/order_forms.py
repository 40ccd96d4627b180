"""What a seller tells about a parcel: who carries it, or why it will not come."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.amounts import read_grams
from marketplace.order.carriers import Carrier
from marketplace.order.models import SellerOrder


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
        if carrier and carrier not in Carrier.of_the_seller() and not data.get("tracking_number"):
            self.add_error(
                "tracking_number", _("Type the number on the receipt: the buyer follows the parcel with it.")
            )
        return data


class ReduceForm(forms.Form):
    """What is missing of which line."""

    line = forms.ChoiceField(label=_("Which goods"), widget=forms.RadioSelect)
    packs = forms.IntegerField(
        label=_("Packs missing"), min_value=0, max_value=10_000, required=False, initial=0
    )
    grams = forms.CharField(
        label=_("Or weight missing"),
        max_length=20,
        required=False,
        help_text=_("Where a pack weighs less: 300 g, 0,5 kg."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Why"), min_length=5, max_length=200, help_text=_("The buyer reads this.")
    )

    def __init__(self, *args: Any, parcel: SellerOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {str(line.pk): line for line in parcel.lines.all()}
        choices = [
            (pk, f"{line.quantity} × {line.title} ({line.pack_label})") for pk, line in self.lines.items()
        ]
        self.fields["line"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["line"].initial = choices[0][0]

    def clean_grams(self) -> int:
        typed = self.cleaned_data["grams"].strip()
        try:
            return read_grams(typed) if typed else 0
        except ValueError:
            raise forms.ValidationError(_("Type a weight with its unit, like 300 g.")) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("packs") and not data.get("grams"):
            self.add_error("packs", _("Say how many packs, or how much weight, is missing."))
        data["line"] = self.lines.get(data.get("line", ""))
        data["packs"] = data.get("packs") or 0
        return data


class AnswerForm(forms.Form):
    """The farm's word on what a buyer asks."""

    agree = forms.TypedChoiceField(
        label=_("Your answer"),
        choices=[("1", _("I agree")), ("0", _("I do not agree"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("In your words"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The buyer reads this."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("agree") is False and not data.get("words", "").strip():
            self.add_error("words", _("Say why: one sentence is enough."))
        return data


class CameBackForm(forms.Form):
    note = forms.CharField(
        label=_("Why did it come back?"),
        max_length=200,
        min_length=5,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The buyer reads this. One sentence is enough: “Nobody answered the phone.”"),
    )


class CancelForm(forms.Form):
    note = forms.CharField(
        label=_("Why can you not send it?"),
        max_length=200,
        min_length=5,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The buyer reads this. One sentence is enough: “The rain spoiled the last lot.”"),
    )
