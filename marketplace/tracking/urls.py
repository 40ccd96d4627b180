"""The buyer follows an order."""

from django.urls import path

from . import account, asking, cancelling, views

app_name = "tracking"
urlpatterns = [
    path("", views.find, name="find"),
    path("<str:number>/", views.order, name="order"),
    path("<str:number>/huy/", cancelling.cancel_order, name="cancel_order"),
    path("<str:number>/huy/<str:parcel>/", cancelling.cancel, name="cancel"),
    path("<str:number>/khieu-nai/<str:parcel>/", asking.claim, name="claim"),
    path("<str:number>/khieu-nai/<str:parcel>/rut/", asking.withdraw, name="claim_withdraw"),
    path("<str:number>/tai-khoan-nhan/", account.account, name="refund_account"),
]
