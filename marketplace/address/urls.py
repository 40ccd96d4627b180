"""The search box for places."""

from django.urls import path

from marketplace.address import views

app_name = "address"
urlpatterns = [path("tim/", views.search, name="search")]
