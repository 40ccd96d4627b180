"""Staff set how long buyers may claim; claims themselves are decided at the money desk."""

from django.contrib import admin
from django.http import HttpRequest

from payments.claims.models import ClaimWindow


@admin.register(ClaimWindow)
class ClaimWindowAdmin(admin.ModelAdmin[ClaimWindow]):
    list_display = ["valid_from", "crop", "hours", "answer_hours", "decide_hours"]
    list_filter = ["valid_from"]
    list_select_related = ["crop"]

    def has_change_permission(self, request: HttpRequest, obj: ClaimWindow | None = None) -> bool:
        """A change is a rule from another day on."""
        return False
