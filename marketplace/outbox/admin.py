from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models import Job


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    """What waits, what is done, what is parked with its error; a parked job can be given another chance."""

    list_display = ["kind", "key", "state", "attempts", "next_try_at", "last_error"]
    list_filter = ["state", "kind"]
    search_fields = ["key"]
    actions = ["try_again"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False

    @admin.action(description=_("Try again now"), permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        queryset.filter(state=Job.State.PARKED).update(
            state=Job.State.NEW, attempts=0, next_try_at=timezone.now()
        )
