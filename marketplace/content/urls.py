"""Search, farms; Wagtail serves the rest."""

from django.urls import path
from wagtail.views import serve

from marketplace.content import farms, search

urlpatterns = [
    path("", serve, {"path": ""}, name="home"),
    path("tim-kiem/", search.results, name="search"),
    path("tim-kiem/goi-y/", search.suggestions, name="search_suggestions"),
    path("nha-vuon/<slug:code>/", farms.farm, name="farm"),
]
