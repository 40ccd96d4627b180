"""Search, farms; Wagtail serves the rest."""

from django.urls import path
from wagtail.views import serve

from marketplace.content import farms

urlpatterns = [
    path("", serve, {"path": ""}, name="home"),
    path("nha-vuon/<slug:code>/", farms.farm, name="farm"),
]
