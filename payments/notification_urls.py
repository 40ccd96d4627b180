"""Where providers report to: no language prefix, no session."""

from django.urls import path

from payments import notification_views

app_name = "notifications"
urlpatterns = [path("thanh-toan/<slug:notifier>/ipn", notification_views.notify, name="ipn")]
