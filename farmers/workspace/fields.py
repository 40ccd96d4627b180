"""Boxes that take amounts as farmers type them and say in words what they did not understand."""

import datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from catalogue.amount_fields import DongField, ReadField
from catalogue.amounts import read_grams, read_month
from catalogue.money import grams


class PriceField(DongField):
    """Cleans to the whole đồng of a pack's price."""

    unclear = _("We could not read this price. Type it like 95.000 or 95k.")
    too_little = _("A price is at least 1.000 ₫.")
    too_much = _("A price is at most 100.000.000 ₫.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1_000, max_value=100_000_000, **kwargs)


class GramsField(ReadField):
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


class MonthField(ReadField):
    """Cleans to the first day of the month."""

    read = staticmethod(read_month)
    unclear = _("We could not read this month. Type it like 3/2026.")
    widget = forms.TextInput(attrs={"type": "month", "class": "input-short"})

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, datetime.date) else value
