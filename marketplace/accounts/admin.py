from typing import Any, cast

from allauth.account.decorators import secure_admin_login
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.admin_access import FreshCodeAdmin
from marketplace.accounts.lost_app import take_app_away
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
    actions = ["take_app_away"]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Nobody has a password: a new person signs in with a code sent to the number.

        Whose money hangs on a changed number hears of it on the old one.
        """
        if not change:
            obj.password = make_password(None)
        super().save_model(request, obj, form, change)
        if change and "phone" in form.changed_data:
            import_string(settings.PHONE_CHANGED)(obj, form.initial["phone"])

    @admin.action(
        description=gettext_lazy("Take away the authenticator app that was lost"), permissions=["change"]
    )
    def take_app_away(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """One person at a time: whoever asks has to be known by sight or voice."""
        if len(queryset) != 1:
            self.message_user(request, _("Choose one person."), messages.ERROR)
            return
        (person,) = queryset
        try:
            done = take_app_away(person, by=cast(User, request.user))
        except PermissionDenied:
            words = _("Another manager does this for you; for a superuser, another superuser.")
            self.message_user(request, words, messages.ERROR)
            return
        if not done:
            self.message_user(request, _("%(person)s has no app.") % {"person": person}, messages.WARNING)
            return
        self.log_change(request, person, "authenticator app taken away")
        words = _("%(person)s sets up a new app at the next visit.") % {"person": person}
        self.message_user(request, words, messages.SUCCESS)
