"""Lists and products."""

app_name = "catalogue"
urlpatterns: list = []
