"""Staff write the rules and look at what was kept back; the money desk hands out the files of a month or a year."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.admin_access import FreshCodeAdmin
from payments.dated_rules_admin import DatedRuleAdmin
from payments.look_only_admin import LookOnlyAdmin
from payments.tax.meter import with_meter
from payments.tax.models import SellerRevenue, Taxpayer, Withheld, WithholdingRule


@admin.register(WithholdingRule)
class WithholdingRuleAdmin(DatedRuleAdmin):
    list_display = ["code", "valid_from", "valid_until", "policy", "yearly_limit", "is_confirmed"]
    list_filter = ["policy", "is_confirmed"]


@admin.register(Taxpayer)
class TaxpayerAdmin(FreshCodeAdmin):
    list_display = ["name", "number", "partner"]
    search_fields = ["name", "number", "partner__name"]
    list_select_related = ["partner"]
    autocomplete_fields = ["partner"]


@admin.register(SellerRevenue)
class SellerRevenueAdmin(LookOnlyAdmin):
    """Who comes near the yearly limit, whatever is kept back."""

    list_display = ["name", "kind", "counted", "limit"]
    list_filter = ["kind"]
    search_fields = ["name", "code", "phone"]
    list_display_links = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_meter(super().get_queryset(request), today=timezone.localdate())

    @admin.display(description=_("counted this year, đồng"), ordering="counted")
    def counted(self, seller: Any) -> int:
        counted: int = seller.counted
        return counted

    @admin.display(description=_("yearly limit, đồng"))
    def limit(self, seller: Any) -> int | None:
        limit: int | None = seller.limit
        return limit


@admin.register(Withheld)
class WithheldAdmin(LookOnlyAdmin):
    list_display = ["occurred_at", "seller_order", "partner", "kind", "revenue", "vat", "income_tax"]
    list_filter = ["kind", "rule"]
    search_fields = ["seller_order__number", "partner__name"]
    list_select_related = ["seller_order", "partner"]
    date_hierarchy = "occurred_at"
