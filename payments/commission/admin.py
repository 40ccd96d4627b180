"""Staff write the rules of commission and shipping."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from payments.commission.models import CommissionRule, ShippingRule
from payments.dated_rules_admin import DatedRuleAdmin


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
