"""The buyer follows an order."""

from django.urls import path

from . import views

app_name = "tracking"
urlpatterns = [
    path("", views.find, name="find"),
    path("<str:number>/", views.order, name="order"),
]
