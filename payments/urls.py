"""The buyer pays; see notification_urls for the providers."""

from django.urls import path, re_path

from payments import views

app_name = "payments"
urlpatterns = [
    path("<str:number>/tra-tien/", views.pay, name="pay"),
    path("<str:number>/tra-tien/tinh-trang/", views.status, name="status"),
    path("<str:number>/tra-tien/ve/<str:signature>/", views.returned, name="returned"),
    path("<str:number>/tra-tien/cach-khac/", views.switch, name="switch"),
    re_path(r"^(?P<number>[^/]+)/tra-tien/ma-qr\.(?P<kind>svg|png)$", views.qr_code, name="qr"),
]
