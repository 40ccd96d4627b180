"""Login codes that the demo's own page shows, since a demo has no SMS. Nothing is kept outside a demo."""

from django.conf import settings
from django.core.cache import cache

_KEY = "demo-login-codes"
_SECONDS = 300
_MOST = 20


def remember(phone: str, code: str) -> None:
    if settings.DEMO:
        cache.set(_KEY, [(phone, code), *recent()][:_MOST], _SECONDS)


def recent() -> list[tuple[str, str]]:
    """(phone in E.164, code), newest first."""
    return list(cache.get(_KEY, []))
