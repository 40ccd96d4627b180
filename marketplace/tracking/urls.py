"""The buyer follows an order."""

from django.urls import path

from . import cancelling, views

app_name = "tracking"
urlpatterns = [
    path("", views.find, name="find"),
    path("<str:number>/", views.order, name="order"),
    path("<str:number>/huy/<str:parcel>/", cancelling.cancel, name="cancel"),
]
