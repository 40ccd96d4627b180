"""The person's own page and the one login door. The names are allauth's: its flow looks them up."""

from allauth.account.views import account_inactive
from django.urls import path

from marketplace.accounts import second_factor_views as second_factor
from marketplace.accounts import views

urlpatterns = [
    path("", views.home, name="account_home"),
    path("dang-nhap/", views.LoginView.as_view(), name="account_login"),
    path("dang-nhap/", views.LoginView.as_view(), name="account_request_login_code"),
    path("ma/", views.CodeView.as_view(), name="account_confirm_login_code"),
    path("thoat/", views.LogoutView.as_view(), name="account_logout"),
    path("tam-khoa/", account_inactive, name="account_inactive"),
    path("hai-lop/", second_factor.IndexView.as_view(), name="mfa_index"),
    path("hai-lop/bat/", second_factor.ActivateView.as_view(), name="mfa_activate_totp"),
    path("hai-lop/tat/", second_factor.DeactivateView.as_view(), name="mfa_deactivate_totp"),
    path("hai-lop/dang-nhap/", second_factor.AuthenticateView.as_view(), name="mfa_authenticate"),
    path("hai-lop/xac-nhan/", second_factor.ReauthenticateView.as_view(), name="mfa_reauthenticate"),
    path("hai-lop/ma-du-phong/", second_factor.RecoveryCodesView.as_view(), name="mfa_view_recovery_codes"),
    path(
        "hai-lop/ma-du-phong/lap-moi/",
        second_factor.NewRecoveryCodesView.as_view(),
        name="mfa_generate_recovery_codes",
    ),
]
