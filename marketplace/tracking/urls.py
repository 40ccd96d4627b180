"""The buyer follows an order."""

from django.urls import path

from . import cancelling, claiming, link, refund_account, views

app_name = "tracking"
urlpatterns = [
    path("", views.find, name="find"),
    path("<str:number>/", views.order, name="order"),
    path("<str:number>/lien-ket/", link.link, name="link"),
    path("<str:number>/huy/", cancelling.cancel_order, name="cancel_order"),
    path("<str:number>/huy/<str:parcel>/", cancelling.cancel, name="cancel"),
    path("<str:number>/khieu-nai/<str:parcel>/", claiming.claim, name="claim"),
    path("<str:number>/khieu-nai/<str:parcel>/rut/", claiming.withdraw, name="claim_withdraw"),
    path("<str:number>/tai-khoan-nhan/", refund_account.refund_account, name="refund_account"),
]
