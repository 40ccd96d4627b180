"""The buyer follows an order."""

app_name = "tracking"
urlpatterns: list = []
