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


class _WithDoorsInTheAdmin(forms.ModelForm[User]):
    """Who somebody is, and who may do everything, takes the admin's fresh code; and there old phones hear of it."""

    only_in_the_admin: tuple[str, ...]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.only_in_the_admin:
            if name in self.fields:
                self.fields[name].disabled = True
                self.fields[name].help_text = _("Changed in the other admin, /admin/, by a fresh code.")


class PersonAddForm(_WithDoorsInTheAdmin, UserCreationForm):
    only_in_the_admin = ("is_superuser",)
    first_name = last_name = None
    email = forms.EmailField(label=_("Email"), required=False)

    class Meta(UserCreationForm.Meta):
        fields = _FIELDS

    def clean_phone(self) -> str:
        return normalise_phone(self.cleaned_data["phone"])

    def save(self, commit: bool = True) -> User:
        self.instance.password = make_password(None)
        return super().save(commit)


class PersonEditForm(_WithDoorsInTheAdmin, UserEditForm):
    only_in_the_admin = ("phone", "is_superuser")
    first_name = last_name = None
    email = forms.EmailField(label=_("Email"), required=False)

    class Meta(UserEditForm.Meta):
        fields = [*_FIELDS, "is_active"]


class PersonViewSet(UserViewSet):
    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm[Any]]:
        return PersonEditForm if for_update else PersonAddForm
