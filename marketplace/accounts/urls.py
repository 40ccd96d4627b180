"""The person's own pages and every login door."""

urlpatterns: list = []
