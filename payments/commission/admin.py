"""Staff write dated rules; a rule that was in force stays as it was, and ends by its last day."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.commission.models import CommissionRule, DatedRule, ShippingRule


class DatedRuleAdmin(admin.ModelAdmin[Any]):
    def has_delete_permission(self, request: HttpRequest, obj: DatedRule | None = None) -> bool:
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


@admin.register(CommissionRule)
class CommissionRuleAdmin(DatedRuleAdmin):
    list_display = ["valid_from", "valid_until", "basis_points", "scope", "is_confirmed"]
    list_filter = ["is_confirmed", "partner_kind"]
    list_select_related = ["partner", "crop"]
    autocomplete_fields = ["partner"]

    @admin.display(description=_("applies to"))
    def scope(self, rule: CommissionRule) -> Any:
        return rule.partner or rule.crop or rule.get_partner_kind_display() or _("everybody")


@admin.register(ShippingRule)
class ShippingRuleAdmin(DatedRuleAdmin):
    list_display = ["valid_from", "valid_until", "payer", "is_confirmed"]
