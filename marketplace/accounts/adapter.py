"""What allauth asks of us: where a person's phone number is kept and how a code reaches it."""

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from marketplace.accounts.phones import normalise_phone
from marketplace.messaging.services import tell_code


class PhoneAccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _(
            "That is not the code we sent. Look at the newest message and type its 6 digits."
        ),
        "too_many_login_attempts": _("Wrong too many times, so that code is off. Ask for a new one."),
    }

    def add_message(
        self, request: HttpRequest, level: int, *args: Any, message: str | None = None, **kwargs: Any
    ) -> None:
        """allauth announces each step by a template; our pages say it themselves, so only errors pass."""
        if message:
            messages.add_message(request, level, message)

    def phone_form_field(self, **kwargs: Any) -> forms.CharField:
        box = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"})
        return forms.CharField(label=_("Phone number"), max_length=24, widget=box, **kwargs)

    def clean_phone(self, phone: str) -> str:
        return normalise_phone(phone)

    def get_phone(self, user: User) -> tuple[str, bool]:
        return user.phone, user.phone_verified_at is not None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified_at = phone, timezone.now() if verified else None
        user.save(update_fields=["phone", "phone_verified_at"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        if user.phone == phone:
            self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone).first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        tell_code(phone, code)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """A seller comes to see orders, everybody else to their own page."""
        sells = cast(User, request.user).memberships.exists()
        return reverse("workspace:home" if sells else "account_home")
