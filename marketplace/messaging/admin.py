from django.contrib import admin
from django.http import HttpRequest

from .models import Message


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """What was said to whom: to be read, never changed."""

    list_display = ["kind", "key", "channel", "state", "created_at", "sent_at"]
    list_filter = ["state", "kind", "channel"]
    search_fields = ["key", "phone", "email"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False
