"""People in Wagtail's admin: known by phone and one whole name, without passwords."""

from typing import Any

from django import forms
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

from marketplace.accounts.models import User
from marketplace.accounts.phones import normalise_phone

_FIELDS = ["phone", "full_name", "email", "is_superuser", "groups"]


class PersonAddForm(UserCreationForm):
    first_name = last_name = None
    email = forms.EmailField(label=_("Email"), required=False)

    class Meta(UserCreationForm.Meta):
        fields = _FIELDS

    def clean_phone(self) -> str:
        return normalise_phone(self.cleaned_data["phone"])

    def save(self, commit: bool = True) -> User:
        self.instance.password = make_password(None)
        return super().save(commit)


class PersonEditForm(UserEditForm):
    first_name = last_name = None
    email = forms.EmailField(label=_("Email"), required=False)

    class Meta(UserEditForm.Meta):
        fields = [*_FIELDS, "is_active"]

    def clean_phone(self) -> str:
        return normalise_phone(self.cleaned_data["phone"])


class PersonViewSet(UserViewSet):
    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm[Any]]:
        return PersonEditForm if for_update else PersonAddForm
