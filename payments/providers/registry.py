"""Code -> provider or notifier, from the literal dicts ``PAYMENT_PROVIDERS`` and ``PAYMENT_NOTIFIERS``.

To add a rail: its package under ``payments/providers/``, its lines in settings, its vectors under
``tests/payments/``. Nothing is discovered, and a rail that is switched off is imported only for what was paid by it
before: ``PAYMENT_RAILS`` names those that are on, ``BANK_NOTIFIERS`` who reports the transfers of vietqr.
"""

from collections.abc import Mapping
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from payments.providers.base import Configured, Notifier, PaymentProvider


class UnknownCode(LookupError):
    """No provider or notifier goes by that code; the text names the code and those that exist."""


def provider(code: str) -> PaymentProvider:
    """The way to pay called ``code``, switched on or off: what was paid by it can still be asked about.

    Raises UnknownCode.
    """
    return cast(PaymentProvider, _build(settings.PAYMENT_PROVIDERS, code))


def providers() -> list[PaymentProvider]:
    """The ways to pay that are on, in the order of the settings. Raises UnknownCode."""
    return [provider(code) for code in settings.PAYMENT_RAILS]


def giving_back() -> list[str]:
    """Codes of the ways to pay, on or off, whose rail can send money back."""
    ways = settings.PAYMENT_PROVIDERS.items()
    return [code for code, path in ways if import_string(path).supports_refund]


def name_of(code: str) -> str:
    """As buyers and staff read it; the code of a way that is no longer known, or of who only reports."""
    path = settings.PAYMENT_PROVIDERS.get(code)
    return str(import_string(path).label) if path else code


def notifier(code: str) -> Notifier:
    """Who may report at ``/thanh-toan/<code>/ipn`` now. Raises UnknownCode, too, when its rail is off."""
    reporters = settings.BANK_NOTIFIERS if "vietqr" in settings.PAYMENT_RAILS else ()
    on = {
        name: path
        for name, path in settings.PAYMENT_NOTIFIERS.items()
        if name in settings.PAYMENT_RAILS or name in reporters
    }
    return cast(Notifier, _build(on, code))


def reader(code: str) -> Notifier:
    """Who reported something that was stored, even if its rail has been switched off since. Raises UnknownCode."""
    return cast(Notifier, _build(settings.PAYMENT_NOTIFIERS, code))


def _build(paths: Mapping[str, str], code: str) -> Configured:
    if code not in paths:
        raise UnknownCode(f"{code!r} is not one of {', '.join(paths)}")
    kind: type[Configured] = import_string(paths[code])
    return kind.from_settings(settings)
