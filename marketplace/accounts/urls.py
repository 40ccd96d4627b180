"""The person's own page and the one login door. The names are allauth's: its flow looks them up."""

from allauth.account.views import account_inactive
from django.urls import path

from marketplace.accounts import views

urlpatterns = [
    path("", views.home, name="account_home"),
    path("dang-nhap/", views.LoginView.as_view(), name="account_login"),
    path("dang-nhap/", views.LoginView.as_view(), name="account_request_login_code"),
    path("ma/", views.CodeView.as_view(), name="account_confirm_login_code"),
    path("thoat/", views.LogoutView.as_view(), name="account_logout"),
    path("tam-khoa/", account_inactive, name="account_inactive"),
]
