"""Basket and checkout."""

app_name = "checkout"
urlpatterns: list = []
