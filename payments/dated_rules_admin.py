"""Staff write dated rules; a rule that was in force stays as it was, and ends by its last day."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from payments.dated_rules import DatedRule


class DatedRuleAdmin(admin.ModelAdmin[Any]):
    def has_delete_permission(self, request: HttpRequest, obj: DatedRule | None = None) -> bool:
        """A rule ends by its last day."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: DatedRule | None = None) -> list[str]:
        """What began is history: only its end and its confirmation can still be written."""
        if obj is None or obj.valid_from > timezone.localdate():
            return []
        return [
            field.name
            for field in self.opts.fields
            if field.name not in ("id", "valid_until", "is_confirmed", "source")
        ]
