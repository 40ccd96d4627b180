"""The plain product form: what it is, how it is packed, what it costs, where and when it grew."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalogue.crops import Crop, Grade, SaleMode
from catalogue.models import Product
from farmers.partner.models import Partner, StockRecord
from farmers.workspace.fields import GramsField, MonthField, PriceField
from marketplace.address.models import Commune

#: what the form and the product call alike; grade, price and count need a word more
OWN = (
    "crop",
    "title",
    "pack_grams",
    "pack_label",
    "harvest_month",
    "commune",
    "is_own_raw_produce",
    "description",
    "is_public",
)


class CommuneField(forms.ModelChoiceField[Commune]):
    """The province is the same for all of them, so its name is left out."""

    def label_from_instance(self, commune: Commune) -> str:
        return commune.name


class ProductForm(forms.Form):
    crop = forms.ModelChoiceField(
        Crop.objects.order_by("position", "name"),
        label=_("What is it?"),
        empty_label=_("Choose from the list"),
    )
    title = forms.CharField(
        label=_("Name on the market"),
        max_length=120,
        help_text=_("As you would call it out to a buyer: “Roasted cashew with salt, this year's crop”."),
    )
    pack_grams = GramsField(label=_("Weight of one pack"), help_text=_("Net weight: 500 g, 1 kg…"))
    pack_label = forms.CharField(
        label=_("How it is packed"),
        max_length=40,
        required=False,
        help_text=_("Only if a weight says too little: “jar of 500 ml”, “fruit of 2–3 kg”."),
    )
    grade = forms.ChoiceField(label=_("Grade"), required=False)
    price = PriceField(
        label=_("Price of one pack"),
        error_messages={"required": _("Type the price of one pack.")},
        help_text=_("You can type 95.000 or 95k."),
    )
    left = forms.IntegerField(
        label=_("Packs that can be sold"),
        min_value=0,
        max_value=100_000,
        show_hidden_initial=True,  # only the difference is booked: packs may sell while the form is open
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "input-short"}),
    )
    harvest_month = MonthField(label=_("Harvested or made in"), required=False)
    commune = CommuneField(Commune.objects.none(), label=_("Where it grew"), empty_label=None)
    is_own_raw_produce = forms.BooleanField(
        label=_("We grew it ourselves and sell it raw"),
        required=False,
        help_text=_(
            "Cleaned, dried, sorted or packed is still raw; roasted, salted, ground or pressed is not. It may "
            "matter for tax."
        ),
    )
    description = forms.CharField(
        label=_("Its story"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("How you grow it, what is special, how to keep it. A few plain sentences are enough."),
    )
    is_public = forms.BooleanField(label=_("Show it on the market"), required=False, initial=True)

    def __init__(self, *args: Any, stall: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(CommuneField, self.fields["commune"]).queryset = communes_of(stall)
        cast(forms.ChoiceField, self.fields["grade"]).choices = grade_choices()

    @property
    def more_packs(self) -> int:
        """By how much the count differs from the one that the form had shown; negative for fewer."""
        left: int = self.cleaned_data["left"]
        shown: str = self.data.get(self["left"].html_initial_name, "")
        return left - (int(shown) if shown.isdecimal() else 0)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        crop, grade = data.get("crop"), data.get("grade")
        if crop and grade:
            data["grade"] = crop.grades.filter(pk=grade).first()
            if data["grade"] is None:
                self.add_error(
                    "grade", _("This grade belongs to another crop. Choose one of %(crop)s.") % {"crop": crop}
                )
        if crop and sale_mode_of(crop) != SaleMode.PARCEL and self.has_error("price", code="required"):
            del self.errors["price"]
            data["price"] = None
        return data


def initial_of(product: Product, record: StockRecord) -> dict[str, Any]:
    """What the form shows for a product that exists."""
    return {name: getattr(product, name) for name in OWN} | {
        "grade": product.grade_id,
        "price": None if record.price is None else int(record.price),
        "left": record.net_stock_level,
    }


def communes_of(stall: Partner) -> QuerySet[Commune]:
    """Those of the seller's own province: a stall sells what grew around it."""
    return Commune.objects.filter(province__communes=stall.commune_id).order_by("name")


def grade_choices() -> list[tuple[str, Any]]:
    """Grouped by crop, so that the box works without JavaScript too."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for grade in Grade.objects.select_related("crop").order_by("crop__position", "position"):
        groups.setdefault(grade.crop.name, []).append((str(grade.pk), grade.code))
    return [("", _("Not graded")), *groups.items()]


def sale_mode_of(crop: Crop) -> str:
    """By parcel where the crop can be sold so, else as the trade does (rubber: on quotation)."""
    return SaleMode.PARCEL if SaleMode.PARCEL in crop.sale_modes else crop.sale_modes[0]
