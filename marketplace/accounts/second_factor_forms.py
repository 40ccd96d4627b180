"""Where staff type a code of their app, or a recovery code."""

from typing import TYPE_CHECKING

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _code_field(help_text: "StrOrPromise" = "") -> forms.CharField:
    box = {
        "inputmode": "numeric",
        "autocomplete": "one-time-code",
        "pattern": r"[0-9 ]*",
        "autofocus": True,
        "class": "input-code",
    }
    return forms.CharField(
        label=_("The 6 digits in the app"),
        help_text=help_text,
        max_length=12,
        widget=forms.TextInput(attrs=box),
    )


_EITHER = _("Each code works once. Without your phone, type one of your recovery codes of 8 digits instead.")


class _PatientForm(base.BaseAuthenticateForm):
    """Says how long to wait after too many wrong codes; nothing new can be sent here.

    A code counts once for as long as it would be accepted; allauth remembers it for a shorter time.
    """

    def clean_code(self) -> str:
        try:
            code = str(super().clean_code())
            if not cache.add(f"app-code:{self.user.pk}:{code}", True, timeout=_accepted_for()):
                raise get_adapter().validation_error("incorrect_code")
            return code
        except forms.ValidationError as error:
            if error.code != "too_many_login_attempts":
                raise
            raise forms.ValidationError(
                _("Wrong too many times. Wait 5 minutes, then type the code that the app shows."),
                code=error.code,
            ) from error


def _accepted_for() -> int:
    """Seconds: the code's own period and those of the tolerance on both sides."""
    return int(app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1))


class SignInForm(_PatientForm, base.AuthenticateForm):
    code = _code_field(_EITHER)


class ReauthenticateForm(_PatientForm, base.ReauthenticateForm):
    code = _code_field(_EITHER)


class ActivateForm(totp.ActivateTOTPForm):
    code = _code_field()
