"""Where providers report to: no language prefix, no session."""

app_name = "notifications"
urlpatterns: list = []
