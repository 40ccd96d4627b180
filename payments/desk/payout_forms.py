"""What staff type about payouts."""

from django import forms
from django.utils.translation import gettext_lazy as _

#: a bank's answer for a whole batch is far smaller
MOST_BYTES = 2_000_000


class MakeForm(forms.Form):
    """Nothing is typed; pressed twice it is one batch."""

    token = forms.UUIDField(widget=forms.HiddenInput)


class ApproveForm(forms.Form):
    """The total that the person saw and agrees to, đồng."""

    total = forms.IntegerField(widget=forms.HiddenInput)


class SettleForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("What the bank says"),
        choices=[("paid", _("It arrived")), ("returned", _("It came back"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("The bank's transaction number, or why it came back"), max_length=120)


class ResultForm(forms.Form):
    file = forms.FileField(
        label=_("The bank's result file"),
        help_text=_("CSV or XLSX with the columns Reference and Status, as the bank gives it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB. Is it the right one?"))
        return file
