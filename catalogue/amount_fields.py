"""A box that takes đồng as people type them and says in words what it did not understand."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from catalogue.amounts import read_dong
from catalogue.money import dong

#: characters; nobody needs more for an amount
_LONGEST = 40


class ReadField(forms.Field):
    """Cleans by ``read``, which raises ValueError when it cannot be sure what was meant."""

    read: Callable[[str], Any]
    unclear: Any

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or not value.strip():
            return None
        try:
            return type(self).read(value[:_LONGEST])
        except ValueError:
            raise ValidationError(self.unclear, code="unclear") from None


class DongField(ReadField):
    """Cleans to whole đồng between ``min_value`` and ``max_value``: "150.000" is a hundred and fifty thousand."""

    read = staticmethod(read_dong)
    unclear = _("We could not read this amount. Type it like 95.000 or 95k.")
    too_little = _("At least %(amount)s.")
    too_much = _("At most %(amount)s.")

    def __init__(self, *, min_value: int, max_value: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators += [
            MinValueValidator(min_value, self.too_little % {"amount": dong(min_value)}),
            MaxValueValidator(max_value, self.too_much % {"amount": dong(max_value)}),
        ]

    def prepare_value(self, value: Any) -> Any:
        return dong(value) if isinstance(value, int) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"autocomplete": "off", "class": "input-money"}
