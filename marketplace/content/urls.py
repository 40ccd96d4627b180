"""Search, farms; Wagtail serves the rest."""

urlpatterns: list = []
