"""The search box for places."""

app_name = "address"
urlpatterns: list = []
