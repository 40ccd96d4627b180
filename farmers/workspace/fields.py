"""Boxes that take amounts as farmers type them and say in words what they did not understand."""

import datetime
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from catalogue.templatetags.money import dong, grams
from farmers.workspace.amounts import read_dong, read_grams, read_month

#: characters; nobody needs more for an amount
_LONGEST = 40


class _ReadField(forms.Field):
    read: Callable[[str], Any]
    unclear: Any

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or not value.strip():
            return None
        try:
            return type(self).read(value[:_LONGEST])
        except ValueError:
            raise ValidationError(self.unclear, code="unclear") from None


class DongField(_ReadField):
    """Cleans to whole đồng."""

    read = staticmethod(read_dong)
    unclear = _("We could not read this price. Type it like 95.000 or 95k.")
    default_validators = [
        MinValueValidator(1_000, _("A price is at least 1.000 ₫.")),
        MaxValueValidator(100_000_000, _("A price is at most 100.000.000 ₫.")),
    ]

    def prepare_value(self, value: Any) -> Any:
        return dong(value) if isinstance(value, int) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"autocomplete": "off", "class": "input-money"}


class GramsField(_ReadField):
    """Cleans to whole grams."""

    read = staticmethod(read_grams)
    unclear = _("We could not read this weight. Type it with its unit, like 500 g or 1 kg.")
    default_validators = [
        MinValueValidator(20, _("A pack weighs at least 20 g.")),
        MaxValueValidator(100_000, _("A pack weighs at most 100 kg.")),
    ]

    def prepare_value(self, value: Any) -> Any:
        return grams(value) if isinstance(value, int) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"autocomplete": "off", "class": "input-short"}


class MonthField(_ReadField):
    """Cleans to the first day of the month."""

    read = staticmethod(read_month)
    unclear = _("We could not read this month. Type it like 3/2026.")
    widget = forms.TextInput(attrs={"type": "month", "class": "input-short"})

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, datetime.date) else value
