"""The pages of the second factor: allauth's flow with our words, for staff only."""

from typing import Any

from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.contrib.auth.mixins import UserPassesTestMixin
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from marketplace.accounts import suspended, who
from marketplace.accounts.second_factor_forms import ActivateForm, ReauthenticateForm, SignInForm


@method_decorator(never_cache, name="dispatch")
class StaffOnly(UserPassesTestMixin):
    """Visitors sign in first; everybody else who is not of the platform's staff gets 403."""

    request: HttpRequest

    def test_func(self) -> bool:
        return bool(self.request.user.is_authenticated and self.request.user.is_staff)


@method_decorator(never_cache, name="dispatch")
class AuthenticateView(who.RemembersWho, base.AuthenticateView):
    """The second step of signing in, after the code that came by phone."""

    form_class = SignInForm
    template_name = "mfa/authenticate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"demo": settings.DEMO}


@method_decorator(never_cache, name="dispatch")
class ReauthenticateView(base.ReauthenticateView):
    form_class = ReauthenticateForm
    template_name = "mfa/reauthenticate.html"

    def form_valid(self, form: Form) -> HttpResponse:
        after = self.get_next_url() or ""
        confirmed: HttpResponse = super().form_valid(form)
        return suspended.resume(self.request, after) or confirmed

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        minutes = settings.ACCOUNT_REAUTHENTICATION_TIMEOUT // 60
        return super().get_context_data(**kwargs) | {"demo": settings.DEMO, "minutes": minutes}


class IndexView(StaffOnly, base.IndexView):
    template_name = "mfa/index.html"


class ActivateView(StaffOnly, totp.ActivateTOTPView):
    form_class = ActivateForm
    template_name = "mfa/activate.html"


class DeactivateView(StaffOnly, totp.DeactivateTOTPView):
    template_name = "mfa/deactivate.html"


class RecoveryCodesView(StaffOnly, recovery_codes.ViewRecoveryCodesView):
    template_name = "mfa/recovery_codes.html"


class NewRecoveryCodesView(StaffOnly, recovery_codes.GenerateRecoveryCodesView):
    template_name = "mfa/new_recovery_codes.html"
