"""Lists and products."""

from django.urls import path, re_path

from catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("", views.index, name="index"),
    path("nhom/<slug:slug>/", views.category, name="category"),
    re_path(r"^(?P<slug>[\w-]*)-(?P<pk>\d+)/$", views.product, name="product"),
]
