from django.contrib import admin
from django.http import HttpRequest

from .models import Job


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    """What waits, what is done, what is parked with its error: to look at only.

    A parked job may send money: it is started again at the money desk, by a fresh code and with a line in its diary.
    """

    list_display = ["kind", "key", "state", "attempts", "next_try_at", "last_error"]
    list_filter = ["state", "kind"]
    search_fields = ["key"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False
