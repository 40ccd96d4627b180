"""Staff open stalls, say who acts for them and who may sell. Stock and prices are the sellers' own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from farmers.partner.models import Partner, PartnerMember
from farmers.partner.phones import note_change, phones_of
from farmers.services import let_sell, show_changes, suspend
from marketplace.accounts.admin_access import FreshCodeAdmin
from marketplace.accounts.phones import normalise_phone


class StallForm(forms.ModelForm[Partner]):
    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        return normalise_phone(phone) if phone else ""


class MemberInline(admin.TabularInline[PartnerMember, Partner]):
    model = PartnerMember
    autocomplete_fields = ["user"]
    extra = 1


@admin.register(Partner)
class PartnerAdmin(FreshCodeAdmin):
    """Whom a stall's money is told to hangs on its phone and owners: those who lose it hear of it."""

    form = StallForm
    list_display = ["name", "kind", "status", "commune", "phone"]
    list_filter = ["status", "kind"]
    list_select_related = ["commune__province"]
    search_fields = ["name", "code", "phone"]
    fields = ["name", "code", "kind", "status", "commune", "phone", "about", "picture"]
    readonly_fields = ["code", "status"]
    raw_id_fields = ["commune", "picture"]
    inlines = [MemberInline]
    actions = ["let_sell_chosen", "suspend_chosen"]

    def has_delete_permission(self, request: HttpRequest, obj: Partner | None = None) -> bool:
        """Orders name their seller for good: a seller who leaves is suspended."""
        return False

    def save_model(self, request: HttpRequest, obj: Partner, form: ModelForm[Any], change: bool) -> None:
        super().save_model(request, obj, form, change)
        show_changes(obj)

    def save_related(self, request: HttpRequest, form: ModelForm[Any], formsets: Any, change: bool) -> None:
        """The stall is saved already, its members are not yet."""
        stall: Partner = form.instance
        before = phones_of(Partner(pk=stall.pk, phone=form.initial.get("phone", "")))
        super().save_related(request, form, formsets, change)
        note_change(stall, before)

    @admin.action(description=_("May sell: papers are seen"), permissions=["change"])
    def let_sell_chosen(self, request: HttpRequest, queryset: QuerySet[Partner]) -> None:
        for partner in queryset:
            let_sell(partner)
            self.log_change(request, partner, "may sell")

    @admin.action(description=_("Suspend: take the goods off the market"), permissions=["change"])
    def suspend_chosen(self, request: HttpRequest, queryset: QuerySet[Partner]) -> None:
        for partner in queryset:
            suspend(partner)
            self.log_change(request, partner, "suspended")
