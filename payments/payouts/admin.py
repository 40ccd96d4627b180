"""Staff set hours of the hold and days of payouts, and look at accounts and payouts; the money desk moves money."""

from django.contrib import admin

from payments.dated_rules_admin import ComingRuleAdmin
from payments.look_only_admin import LookOnlyAdmin
from payments.payouts.models import HoldRule, Payout, PayoutAccount, PayoutDays


@admin.register(HoldRule)
class HoldRuleAdmin(ComingRuleAdmin):
    list_display = ["valid_from", "crop", "hours"]
    list_filter = ["valid_from"]
    list_select_related = ["crop"]


@admin.register(PayoutDays)
class PayoutDaysAdmin(ComingRuleAdmin):
    list_display = ["valid_from", "weekdays"]


@admin.register(PayoutAccount)
class PayoutAccountAdmin(LookOnlyAdmin):
    list_display = [
        "partner",
        "bank",
        "masked_number",
        "holder",
        "requested_at",
        "usable_from",
        "cancelled_at",
    ]
    search_fields = ["partner__name", "=number", "holder"]
    list_select_related = ["partner"]


@admin.register(Payout)
class PayoutAdmin(LookOnlyAdmin):
    list_display = ["reference", "partner", "amount", "state", "settled_at", "reason"]
    list_filter = ["state"]
    search_fields = ["reference", "partner__name", "=amount", "bank_reference"]
    list_select_related = ["partner"]
