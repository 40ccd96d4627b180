"""Django's own signal: at login the guest's basket joins the account's."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from .baskets import merge_into_account


@receiver(user_logged_in)
def keep_the_basket(request: HttpRequest, **kwargs: Any) -> None:
    merge_into_account(request)
