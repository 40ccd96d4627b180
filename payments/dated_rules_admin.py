"""Staff write dated rules, by a fresh code; a rule that was in force stays as it was, and ends by its last day."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.admin_access import FreshCodeAdmin
from payments.dated_rules import DatedRule


class ComingRuleForm(forms.ModelForm[Any]):
    def clean_valid_from(self) -> date:
        """Nobody lifts a limit or a hold for what lies on the desk today: there is a night to see the new rule.

        And what was sold, or taken at the door, earlier today was counted by today's rule.
        """
        day: date = self.cleaned_data["valid_from"]
        if day <= timezone.localdate():
            raise ValidationError(_("From tomorrow on at the earliest: today's rule stays as it is."))
        return day


class DatedRuleForm(ComingRuleForm):
    def clean_valid_until(self) -> date | None:
        """What is past was counted by the rule of its day."""
        day: date | None = self.cleaned_data["valid_until"]
        if day and "valid_until" in self.changed_data and day < timezone.localdate():
            raise ValidationError(_("The last day can be today at the earliest."))
        return day


class DatedRuleAdmin(FreshCodeAdmin):
    form = DatedRuleForm

    def has_delete_permission(self, request: HttpRequest, obj: DatedRule | None = None) -> bool:
        """A rule ends by its last day."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: DatedRule | None = None) -> list[str]:
        """What began is history: only its end, until that is past, and its confirmation can still be written."""
        today = timezone.localdate()
        if obj is None or obj.valid_from > today:
            return []
        has_ended = obj.valid_until is not None and obj.valid_until < today
        written = {"id", "is_confirmed", "source"} | (set() if has_ended else {"valid_until"})
        return [field.name for field in self.opts.fields if field.name not in written]


class ComingRuleAdmin(FreshCodeAdmin):
    """Rules without a last day, of which the newest counts: a change is a rule from another day on."""

    form = ComingRuleForm

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What has not begun can be taken back, one by one."""
        coming = obj is not None and obj.valid_from > timezone.localdate()
        return coming and super().has_delete_permission(request, obj)
