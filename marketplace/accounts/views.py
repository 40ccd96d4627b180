"""Phone number, code, in: allauth's flow with our words. Every other login door leads here."""

import time
from typing import Any, cast

from allauth.account import views as allauth
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from marketplace.accounts import demo_app, who
from marketplace.accounts.forms import CodeForm, NameForm, PhoneForm
from marketplace.accounts.models import User
from marketplace.accounts.phones import national
from marketplace.messaging import codes
from marketplace.staff_doors import ADMIN, CMS


class LoginView(allauth.RequestLoginCodeView):
    """Asks for the number; also where "send it again" and "wrong number" of the next page come back to."""

    form_class = PhoneForm
    template_name = "account/login.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if not request.user.is_authenticated and who.COOKIE in request.COOKIES:
            who.forget(response)
        return response

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        """A code that is under way is no reason to refuse another number (allauth's SignupView does the same)."""

    def form_valid(self, form: Form) -> HttpResponse:
        if "resend" in self.request.POST:
            messages.success(self.request, _("A new code is on its way. The old one no longer works."))
        return super().form_valid(form)

    def form_invalid(self, form: Form) -> HttpResponse:
        if "resend" not in self.request.POST:
            return super().form_invalid(form)
        messages.error(self.request, " ".join(map(str, form.errors.get("phone", []))))
        return redirect(self.passthrough_next_url(reverse("account_confirm_login_code")))


class CodeView(who.RemembersWho, allauth.ConfirmLoginCodeView):
    form_class = CodeForm
    template_name = "account/code.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = self._process.state
        waited = int(time.time() - state["at"])
        return super().get_context_data(**kwargs) | {
            "national": national(state["phone"]),
            "seconds_left": max(0, settings.LOGIN_CODE_WAIT - waited),
            "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60,
            "demo": settings.DEMO,
        }


class LogoutView(allauth.LogoutView):
    template_name = "account/logout.html"

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(*args, **kwargs)
        who.forget(response)
        return response


@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """ "Tôi": my name, my orders, my stall, the way out."""
    user = cast(User, request.user)
    form = NameForm(request.POST if request.method == "POST" else None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your name is saved."))
        response: HttpResponse = redirect("account_home")
        who.remember(response, form.instance)
        return response
    stalls = list(user.memberships.order_by("partner__name").values_list("partner__name", flat=True))
    context = {"form": form, "stalls": stalls, "national": national(user.phone), "cms": CMS, "admin": ADMIN}
    return render(request, "account/home.html", context)


@never_cache
def staff_login(request: HttpRequest) -> HttpResponse:
    """Wagtail's door: a visitor signs in by code; a signed-in person who may not enter is refused."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.GET.get("next") or reverse("wagtailadmin_home"), "account_login")
    if not request.user.has_perm("wagtailadmin.access_admin"):
        raise PermissionDenied
    return redirect("wagtailadmin_home")


@never_cache
def demo_codes(request: HttpRequest) -> HttpResponse:
    """The newest login codes, as a demo has no SMS. Elsewhere this page does not exist."""
    if not settings.DEMO:
        raise Http404
    recent = [(national(phone), code) for phone, code in codes.recent()]
    staff_codes, seconds_left = demo_app.codes()
    context = {"codes": recent, "staff_codes": staff_codes, "seconds_left": seconds_left}
    return render(request, "account/demo_codes.html", context)
