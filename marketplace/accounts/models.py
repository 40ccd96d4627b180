"""The person: a phone number is the account, an e-mail is optional, one field holds the whole name."""

import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.phones import national, normalise_phone


class UserManager(BaseUserManager["User"]):
    def create_user(self, phone: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(phone=normalise_phone(phone), **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, phone: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(phone, password, is_staff=True, is_superuser=True, **fields)

    def get_or_create_unverified(self, phone: str) -> "User":
        """The person of this number (E.164), made on first sight: the code proves later whose it is."""
        return self.get_or_create(phone=phone, defaults={"password": make_password(None)})[0]

    def never_proven(self, *, before: datetime.datetime) -> models.QuerySet["User"]:
        """Numbers that somebody typed and nobody confirmed, and that nothing hangs on."""
        return self.filter(
            phone_verified_at=None, is_staff=False, memberships=None, orders=None, date_joined__lt=before
        )


class User(AbstractBaseUser, PermissionsMixin):
    #: E.164, e.g. +84912345678
    phone = models.CharField(_("Phone number"), max_length=16, unique=True)
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    email = models.EmailField(_("Email"), blank=True)
    full_name = models.CharField(_("Full name"), max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(_("Platform staff"), default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "phone"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return self.full_name or national(self.phone)

    def get_short_name(self) -> str:
        """Vietnamese names put the given name last."""
        return self.full_name.split()[-1] if self.full_name else national(self.phone)
