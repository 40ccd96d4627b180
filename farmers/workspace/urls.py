"""The seller's console."""

app_name = "workspace"
urlpatterns: list = []
