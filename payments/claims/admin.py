"""Staff set how long buyers may claim; claims themselves are decided at the money desk."""

from django.contrib import admin

from payments.claims.models import ClaimWindow
from payments.dated_rules_admin import ComingRuleAdmin


@admin.register(ClaimWindow)
class ClaimWindowAdmin(ComingRuleAdmin):
    list_display = ["valid_from", "crop", "hours", "answer_hours", "decide_hours"]
    list_filter = ["valid_from"]
    list_select_related = ["crop"]
