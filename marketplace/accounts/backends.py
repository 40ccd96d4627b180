"""Who a signed-in person is and what they may do; no door asks for a password."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest


class CodeOnlyBackend(ModelBackend):
    """Sessions and permissions as Django's; people come in by phone and code (allauth) only."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> None:
        return None
