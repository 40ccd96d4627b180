"""Staff look at rows of money here. What is decided about them is decided at the money desk."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from payments.dated_rules_admin import ComingRuleAdmin
from payments.look_only_admin import LookOnlyAdmin
from payments.models import Notification, Payment, RailSwitch, Refund, RefundPolicy, Transfer


class ToSettleFilter(admin.SimpleListFilter):
    title = _("waiting for a person")
    parameter_name = "to_settle"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Transfer]) -> QuerySet[Transfer]:
        return Transfer.objects.to_settle() if self.value() else queryset


@admin.register(Transfer)
class TransferAdmin(LookOnlyAdmin):
    list_display = ["occurred_at", "amount", "outcome", "surplus", "content", "payment", "resolution"]
    list_filter = [ToSettleFilter, "outcome"]
    search_fields = ["content", "bank_reference", "=amount", "payment__reference", "payment__order__number"]
    list_select_related = ["payment"]


@admin.register(Refund)
class RefundAdmin(LookOnlyAdmin):
    list_display = [
        "created_at",
        "amount",
        "state",
        "reason",
        "payment",
        "provider_reference",
        "bank_reference",
    ]
    list_filter = ["state"]
    search_fields = [
        "=amount",
        "payment__reference",
        "payment__order__number",
        "provider_reference",
        "bank_reference",
    ]
    list_select_related = ["payment"]


@admin.register(Payment)
class PaymentAdmin(LookOnlyAdmin):
    list_display = ["created_at", "reference", "order", "provider", "state", "amount", "received"]
    list_filter = ["state", "provider"]
    search_fields = ["reference", "order__number", "order__phone", "=amount"]
    list_select_related = ["order"]


@admin.register(Notification)
class NotificationAdmin(LookOnlyAdmin):
    list_display = ["received_at", "provider", "event_id", "verdict", "repeats", "payment", "error"]
    list_filter = ["verdict", "provider"]
    search_fields = ["event_id", "payment__reference"]
    list_select_related = ["payment"]
    exclude = ("body",)

    @admin.display(description=_("as received"))
    def text(self, obj: Notification) -> str:
        return bytes(obj.body).decode(errors="replace")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["text"]


@admin.register(RefundPolicy)
class RefundPolicyAdmin(ComingRuleAdmin):
    list_display = ["valid_from", "limit"]


@admin.register(RailSwitch)
class RailSwitchAdmin(LookOnlyAdmin):
    """One row for each rail that was ever switched off."""

    list_display = ["provider", "is_off", "reason", "changed_by", "changed_at"]
