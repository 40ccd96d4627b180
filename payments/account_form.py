"""A bank account as people type it: a farm's for its payouts, a buyer's for a refund."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.payouts.accounts import bank_capitals
from payments.providers.vietqr.banks import BANKS


class BankAccountForm(forms.Form):
    bank_bin = forms.ChoiceField(label=_("Bank"), widget=forms.Select(attrs={"class": "input"}))
    number = forms.CharField(
        label=_("Account number"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    holder = forms.CharField(
        label=_("Account holder"),
        max_length=70,
        help_text=_(
            "As the bank has it, for example NGUYEN THI LAN. Another name, and the bank sends it back."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "name", "autocapitalize": "characters"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        banks = sorted(BANKS.items(), key=lambda bank: bank[1].casefold())
        self.fields["bank_bin"].choices = [("", _("Choose your bank")), *banks]  # type: ignore[attr-defined]

    def clean_number(self) -> str:
        """People copy it with spaces and dots from their banking app."""
        number = re.sub(r"[\s.\-]", "", self.cleaned_data["number"]).upper()
        if not re.fullmatch(r"[0-9A-Z]{4,19}", number):
            raise forms.ValidationError(
                _("An account number has 4 to 19 digits. Copy it from your banking app.")
            )
        return number

    def clean_holder(self) -> str:
        holder = bank_capitals(self.cleaned_data["holder"])
        if not holder:
            raise forms.ValidationError(_("Type the name of the account holder."))
        return holder
