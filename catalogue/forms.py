"""What a buyer narrows and orders a list by; the field names stand in the address, so they are Vietnamese."""

import re
from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalogue.certificates import Scheme
from catalogue.listing.filters import Filters
from catalogue.listing.managers import HIGHEST_PRICE
from catalogue.listing.options import FilterOptions
from catalogue.listing.sorts import SORTS, Sort
from catalogue.money import dong
from catalogue.seasons import current_month

_UNITS = {"": 1, "k": 1000, "n": 1000, "tr": 1_000_000}


class PriceField(forms.CharField):
    """Whole đồng as people write them: 50000, 50.000, 50k, 1,5tr."""

    default_error_messages = {"invalid": _("Write a price in đồng, like 50.000 or 50k.")}

    def to_python(self, value: Any) -> int | None:
        text = re.sub(r"[\s₫đd]|vn[dđ]$", "", (value or "").lower())
        if not text:
            return None
        if match := re.fullmatch(r"(\d{1,3}(?:[.,]\d{3})+|\d{1,12})(k|n|tr)?", text):
            return min(int(re.sub(r"\D", "", match[1])) * _UNITS[match[2] or ""], HIGHEST_PRICE)
        if match := re.fullmatch(r"(\d{1,6})[.,](\d)(k|n|tr)", text):
            return int(match[1] + match[2]) * _UNITS[match[3]] // 10
        raise ValidationError(self.error_messages["invalid"], code="invalid")


#: an order that only one page has and begins with: its slug and label
FirstSort = tuple[str, Any]


class FilterForm(forms.Form):
    """A wrong answer is said beside its field and does not narrow; the others do."""

    cay = forms.ChoiceField(label=_("Crop"), required=False)
    hang = forms.ChoiceField(label=_("Grade"), required=False)
    chung_nhan = forms.ChoiceField(label=_("Certificate"), required=False)
    xa = forms.ChoiceField(label=_("Grown in"), required=False)
    tu = PriceField(label=_("Price from"), required=False)
    den = PriceField(label=_("Price up to"), required=False)
    mua = forms.BooleanField(label=_("In season now"), required=False)
    xep = forms.ChoiceField(label=_("Sorted by"), required=False)

    def __init__(self, data: Any, options: FilterOptions, first_sort: FirstSort | None = None) -> None:
        super().__init__(data, auto_id="loc_%s")
        #: what the form looks like depends on these and the language alone
        self.drawn_from: Hashable = (tuple(data.items()), options, first_sort is None)
        crop = options.crop(data.get("cay", ""))
        self.fields["cay"].choices = [("", _("All crops")), *((c.code, c.name) for c in options.crops)]
        self.fields["hang"].choices = [
            ("", _("All grades")),
            *((g, g) for g in (crop.grades if crop else ())),
        ]
        self.fields["chung_nhan"].choices = [("", _("With or without")), *Scheme.choices]
        self.fields["xa"].choices = [("", _("Everywhere")), *options.communes]
        self.fields["xep"].choices = [*([first_sort] if first_sort else ()), *_sort_choices()]
        self._crop_id = crop.pk if crop else None

    def clean(self) -> dict[str, Any]:
        low, high = self.cleaned_data.get("tu"), self.cleaned_data.get("den")
        if low is not None and high is not None and low > high:
            self.add_error("den", _("This is less than the price you start from."))
        return self.cleaned_data

    @property
    def filters(self) -> Filters:
        answers = self._answers()
        return Filters(
            crop_id=self._crop_id,
            grade=answers.get("hang") or "",
            certificate=answers.get("chung_nhan") or "",
            commune=answers.get("xa") or "",
            price_min=answers.get("tu"),
            price_max=answers.get("den"),
            month=current_month() if answers.get("mua") else None,
        )

    @property
    def sort(self) -> Sort | None:
        """The chosen order; None where the page's own comes first."""
        return SORTS.get(self._answers().get("xep") or "")

    def chosen_labels(self) -> list[tuple[str, Any]]:
        """(field name, words) of every filter that is on; the order is no filter."""
        answers = self._answers()
        return [
            (name, self._label(name, answers[name]))
            for name in self.fields
            if name != "xep" and answers.get(name)
        ]

    def _label(self, name: str, answer: Any) -> Any:
        if name in ("tu", "den"):
            return f"{self.fields[name].label} {dong(answer)}"
        return dict(self.fields[name].choices).get(answer) if name != "mua" else self.fields[name].label

    def _answers(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


def filter_form(
    parameters: Mapping[str, str], options: FilterOptions, first_sort: FirstSort | None = None
) -> FilterForm:
    """The form as an address fills it in. Pages with the same answers share it: it must not be changed."""
    answers = [(name, parameters[name]) for name in FilterForm.base_fields if name in parameters]
    return _filled(tuple(answers), options, first_sort)


@lru_cache(maxsize=64)
def _filled(
    answers: tuple[tuple[str, str], ...], options: FilterOptions, first_sort: FirstSort | None
) -> FilterForm:
    form = FilterForm(dict(answers), options, first_sort)
    form.is_valid()  # now: a second thread would find a form that is half validated, and narrow by half of it
    return form


def _sort_choices() -> list[tuple[str, Any]]:
    return [(sort.slug, sort.label) for sort in SORTS.values()]
