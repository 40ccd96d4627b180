"""The buyer pays; see notification_urls for the providers."""

app_name = "payments"
urlpatterns: list = []
