"""The person's own page and the one login door. The names are allauth's: its flow looks them up."""

from collections.abc import Callable
from typing import cast

from allauth.account.views import account_inactive
from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from django.utils.module_loading import import_string

from marketplace.accounts import views


def second_factor(name: str) -> Callable[[HttpRequest], HttpResponseBase]:
    """The staff's page, imported when it is asked for: with it come 10 MB that no visitor needs."""

    def view(request: HttpRequest) -> HttpResponseBase:
        page = import_string(f"marketplace.accounts.second_factor_views.{name}")
        return cast(HttpResponseBase, page.as_view()(request))

    return view


urlpatterns = [
    path("", views.home, name="account_home"),
    path("dang-nhap/", views.LoginView.as_view(), name="account_login"),
    path("dang-nhap/", views.LoginView.as_view(), name="account_request_login_code"),
    path("ma/", views.CodeView.as_view(), name="account_confirm_login_code"),
    path("thoat/", views.LogoutView.as_view(), name="account_logout"),
    path("tam-khoa/", account_inactive, name="account_inactive"),
    path("hai-lop/", second_factor("IndexView"), name="mfa_index"),
    path("hai-lop/bat/", second_factor("ActivateView"), name="mfa_activate_totp"),
    path("hai-lop/tat/", second_factor("DeactivateView"), name="mfa_deactivate_totp"),
    path("hai-lop/dang-nhap/", second_factor("AuthenticateView"), name="mfa_authenticate"),
    path("hai-lop/xac-nhan/", second_factor("ReauthenticateView"), name="mfa_reauthenticate"),
    path("hai-lop/ma-du-phong/", second_factor("RecoveryCodesView"), name="mfa_view_recovery_codes"),
    path(
        "hai-lop/ma-du-phong/lap-moi/",
        second_factor("NewRecoveryCodesView"),
        name="mfa_generate_recovery_codes",
    ),
]
