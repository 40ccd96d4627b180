"""Search, farms; Wagtail serves the rest."""

from django.urls import path

from marketplace.content import farms, search
from marketplace.content.serving import serve_page

urlpatterns = [
    path("", serve_page, {"path": ""}, name="home"),
    path("tim-kiem/", search.results, name="search"),
    path("tim-kiem/goi-y/", search.suggestions, name="search_suggestions"),
    path("nha-vuon/<slug:code>/", farms.farm, name="farm"),
]
