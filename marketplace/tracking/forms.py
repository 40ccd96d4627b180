from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.order.numbers import is_number, is_parcel_number


class FindOrderForm(forms.Form):
    """What a guest remembers: the number from the message and the end of the phone number."""

    number = forms.CharField(
        label=_("Order number"),
        max_length=20,
        help_text=_("Ten digits, in the message we sent you."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    last_digits = forms.RegexField(
        r"^\d{4}$",
        label=_("Last 4 digits of the phone number"),
        help_text=_("The number that you ordered with."),
        error_messages={"invalid": _("Enter exactly 4 digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "4"}),
    )

    def clean_number(self) -> str:
        number = "".join(self.cleaned_data["number"].split())
        if is_parcel_number(number.upper()):
            raise ValidationError(
                _("This is a parcel's number. The order's has ten digits and is in the message we sent you.")
            )
        if not is_number(number):
            raise ValidationError(_("This is not an order number of ours. Check each of the ten digits."))
        return number
