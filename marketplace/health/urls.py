"""Is it alive, is it ready."""

urlpatterns: list = []
