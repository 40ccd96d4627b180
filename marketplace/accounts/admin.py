from typing import Any

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from marketplace.accounts.admin_access import FreshCodeAdmin
from marketplace.accounts.models import User
from marketplace.accounts.phones import normalise_phone

#: Django's own login asks for a password; this one leads to phone and code, and refuses who is not staff.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class PersonForm(forms.ModelForm):
    def clean_phone(self) -> str:
        return normalise_phone(self.cleaned_data["phone"])


@admin.register(User)
class UserAdmin(FreshCodeAdmin):
    form = PersonForm
    list_display = ["phone", "full_name", "is_staff", "is_active", "date_joined"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["phone", "full_name", "email"]
    fields = [
        "phone",
        "full_name",
        "email",
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
        "user_permissions",
    ]
    filter_horizontal = ["groups", "user_permissions"]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Nobody has a password: a new person signs in with a code sent to the number."""
        if not change:
            obj.password = make_password(None)
        super().save_model(request, obj, form, change)
