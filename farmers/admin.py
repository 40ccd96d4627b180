"""Staff compare certificates with their papers. What was verified is not edited, only withdrawn first."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from farmers.models import Certification
from farmers.services import show_changes, verify, withdraw_verification
from marketplace.accounts.models import User


@admin.register(Certification)
class CertificationAdmin(admin.ModelAdmin[Certification]):
    list_display = ["scheme", "number", "partner", "product", "expires_on", "verified_at", "verified_by"]
    list_filter = [("verified_at", admin.EmptyFieldListFilter), "scheme", "expires_on"]
    list_select_related = ["partner", "product", "verified_by"]
    search_fields = ["number", "issuer", "partner__name"]
    autocomplete_fields = ["partner"]
    raw_id_fields = ["product"]
    actions = ["verify_chosen", "withdraw_chosen"]

    def get_readonly_fields(self, request: HttpRequest, obj: Certification | None = None) -> list[str]:
        if obj is not None and obj.verified_at is not None:
            return [field.name for field in self.opts.fields]
        return ["verified_at", "verified_by"]

    def save_model(
        self, request: HttpRequest, obj: Certification, form: ModelForm[Any], change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        show_changes(obj.partner)

    def delete_model(self, request: HttpRequest, obj: Certification) -> None:
        super().delete_model(request, obj)
        show_changes(obj.partner)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Certification]) -> None:
        for certification in queryset:
            self.delete_model(request, certification)

    @admin.action(description=_("Verified: the paper says the same"), permissions=["change"])
    def verify_chosen(self, request: HttpRequest, queryset: QuerySet[Certification]) -> None:
        for certification in queryset:
            verify(certification, by=cast(User, request.user))
            self.log_change(request, certification, "verified")

    @admin.action(description=_("Withdraw the verification"), permissions=["change"])
    def withdraw_chosen(self, request: HttpRequest, queryset: QuerySet[Certification]) -> None:
        for certification in queryset:
            withdraw_verification(certification)
            self.log_change(request, certification, "verification withdrawn")
