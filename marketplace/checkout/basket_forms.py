from django import forms
from django.utils.translation import gettext_lazy as _

from farmers.partner.models import StockRecord

from .baskets import MOST_PACKS

_WORDS = {
    "min_value": _("Take at least one pack."),
    "max_value": _("At most 999 packs at a time."),
    "invalid": _("Enter a number of packs."),
}


class AddForm(forms.Form):
    """A product's page says which product and how many packs."""

    product = forms.IntegerField(min_value=1)
    quantity = forms.IntegerField(min_value=1, max_value=MOST_PACKS, required=False, error_messages=_WORDS)

    def stockrecord(self) -> StockRecord | None:
        """The stock that the product is sold from now, or None when it is not sold by parcel."""
        return (
            StockRecord.objects.sellable()
            .filter(product=self.cleaned_data["product"])
            .select_related("product")
            .order_by("pk")
            .first()
        )

    @property
    def packs(self) -> int:
        return self.cleaned_data["quantity"] or 1


class QuantityForm(forms.Form):
    quantity = forms.IntegerField(min_value=0, max_value=MOST_PACKS, error_messages=_WORDS)
