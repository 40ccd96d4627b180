"""The seller's console."""

from django.urls import path

from farmers.workspace import views

app_name = "workspace"
urlpatterns = [path("", views.home, name="home")]
