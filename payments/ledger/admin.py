"""The books to look at. Nothing is written here."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from payments.ledger.models import Account, Entry, Line
from payments.look_only_admin import LookOnlyAdmin


class LineInline(admin.TabularInline[Line, Entry]):
    model = Line
    can_delete = False
    fields = ["account", "amount"]

    def has_add_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Line]:
        return super().get_queryset(request).select_related("account__partner")


@admin.register(Entry)
class EntryAdmin(LookOnlyAdmin):
    list_display = ["occurred_at", "kind", "key", "order", "seller_order", "memo"]
    list_filter = ["kind"]
    list_select_related = ["order", "seller_order"]
    search_fields = ["key", "=order__number", "=seller_order__number", "=payment__reference"]
    date_hierarchy = "occurred_at"
    inlines = [LineInline]


@admin.register(Account)
class AccountAdmin(LookOnlyAdmin):
    list_display = ["__str__", "kind", "balance", "debt_since"]
    list_filter = ["kind"]
    list_select_related = ["partner"]
    search_fields = ["partner__name", "rail", "carrier"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        accounts: QuerySet[Account] = super().get_queryset(request)
        return accounts.annotate(total=Sum("lines__amount", default=0))

    @admin.display(description=_("balance, đồng (debit positive)"))
    def balance(self, account: Any) -> int:
        total: int = account.total
        return total
