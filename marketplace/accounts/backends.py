"""Who a signed-in person is and what they may do; no door asks for a password."""

from typing import Any

from django.contrib.auth.backends import ModelBackend


class CodeOnlyBackend(ModelBackend):
    """Sessions and permissions as Django's; people come in by phone and code (allauth) only."""

    def authenticate(self, request: Any, **credentials: Any) -> None:
        return None
