"""Code -> provider or notifier, from the literal dicts ``PAYMENT_PROVIDERS`` and ``PAYMENT_NOTIFIERS``.

To add a rail: its package under ``payments/providers/``, its line in settings, its vectors under
``tests/payments/``. Nothing is discovered.
"""

from collections.abc import Mapping
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from payments.providers.base import Configured, Notifier, PaymentProvider


class UnknownCode(LookupError):
    """No provider or notifier goes by that code; the text names the code and those that exist."""


def provider(code: str) -> PaymentProvider:
    """The way to pay called ``code``. Raises UnknownCode."""
    return cast(PaymentProvider, _build(settings.PAYMENT_PROVIDERS, code))


def providers() -> list[PaymentProvider]:
    """All ways to pay, in the order of the settings."""
    return [provider(code) for code in settings.PAYMENT_PROVIDERS]


def notifier(code: str) -> Notifier:
    """Who reports at ``/thanh-toan/<code>/ipn``. Raises UnknownCode."""
    return cast(Notifier, _build(settings.PAYMENT_NOTIFIERS, code))


def _build(paths: Mapping[str, str], code: str) -> Configured:
    if code not in paths:
        raise UnknownCode(f"{code!r} is not one of {', '.join(paths)}")
    kind: type[Configured] = import_string(paths[code])
    return kind.from_settings(settings)
