"""Basket and checkout."""

from django.urls import path

from . import basket_views, views

app_name = "checkout"
urlpatterns = [
    path("thanh-toan/", views.checkout, name="checkout"),
    path("gio-hang/", basket_views.basket, name="basket"),
    path("gio-hang/them/", basket_views.add, name="add"),
    path("gio-hang/dong/<int:pk>/", basket_views.change_line, name="change_line"),
]
