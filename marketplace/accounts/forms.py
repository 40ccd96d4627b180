"""The three small forms of an account: number, code, name."""

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.core import context, ratelimit
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from marketplace.accounts.phones import normalise_phone


class PhoneForm(RequestLoginCodeForm):
    """Asks for a code. A number seen for the first time is answered, and takes as long, as a known one."""

    def clean_phone(self) -> str:
        phone = normalise_phone(self.cleaned_data["phone"])
        if not ratelimit.consume(context.request, action="request_login_code", key=phone):
            raise forms.ValidationError(
                _(
                    "A code has just been sent, or too many today. Wait %(seconds)d seconds and try again; "
                    "if it still does not work, try tomorrow."
                )
                % {"seconds": settings.LOGIN_CODE_WAIT}
            )
        self._user = User.objects.get_or_create_unverified(phone)
        return phone


class CodeForm(ConfirmLoginCodeForm):
    code = forms.CharField(
        label=_("The 6 digits"),
        max_length=12,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "pattern": r"[0-9 ]*",
                "autofocus": True,
                "class": "input-code",
            }
        ),
    )


class NameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["full_name"]
        widgets = {"full_name": forms.TextInput(attrs={"autocomplete": "name"})}
