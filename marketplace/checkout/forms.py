"""The one form of checkout: who, where, how to pay; checked against the basket as it is now."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.phones import normalise_phone
from marketplace.address.forms import PlaceForm
from marketplace.address.models import Commune
from marketplace.checkout.baskets import BasketContents
from marketplace.checkout.parcels import Summary, quoted
from marketplace.order.placement import Recipient
from payments.ways import Offer, offer


class PhoneField(forms.CharField):
    """A Vietnamese mobile number, however it is typed; cleans to E.164."""

    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"})

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        return normalise_phone(text) if text else text


class CheckoutForm(PlaceForm):
    """`summary` holds the parcels with their shipping once the place is known, `offer` the ways to pay that sum."""

    name = forms.CharField(
        label=_("Full name of the recipient"),
        min_length=2,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write the name of the person who receives the parcels.")},
    )
    phone = PhoneField(
        label=_("Phone number"),
        max_length=20,
        help_text=_("For the farm and the carrier to call about this order. Nothing else."),
        error_messages={"required": _("Write the phone number that the carrier should call.")},
    )
    line1 = forms.CharField(
        label=_("House number, street, hamlet"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={"required": _("Write the house number and street, or the hamlet.")},
    )
    email = forms.EmailField(
        label=_("Email"),
        required=False,
        help_text=_("If you want the order in writing."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    note = forms.CharField(
        label=_("Note for the farm or the carrier"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    payment = forms.CharField(
        label=_("Way to pay"), error_messages={"required": _("Choose how you want to pay.")}
    )
    token = forms.UUIDField(
        label=_("This page"),
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid"), _("It is too old. Press the button once more.")
        ),
    )
    #: đồng that the buyer saw beside the button; another sum has to be seen first
    agreed_total = forms.IntegerField(required=False, widget=forms.HiddenInput)

    field_order = ["name", "phone", "line1", "place", "email", "note", "payment"]

    def __init__(
        self, *args: Any, contents: BasketContents, destination: Commune | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.contents = contents
        self.look_at(destination)

    def look_at(self, destination: Commune | None) -> None:
        """Price the parcels to this place."""
        self.destination = destination
        self.summary: Summary = quoted(self.contents, destination)
        self._offer: Offer | None = None

    @property
    def offer(self) -> Offer:
        """The ways to pay the sum as it is now."""
        self._offer = self._offer or offer(self.summary.total)
        return self._offer

    @property
    def submission_token(self) -> UUID:
        """Of the next submission: the same while it has not become an order."""
        return getattr(self, "cleaned_data", {}).get("token") or uuid4()

    @property
    def chosen_way(self) -> str:
        """The code of the way that is ticked; the first one until the buyer has chosen."""
        chosen = str(self["payment"].value() or "")
        return chosen if chosen in self.offer.codes else next((way.code for way in self.offer.ways), "")

    @property
    def sum_to_agree(self) -> int | None:
        """What goes into `agreed_total` next: only a sum that is shown in full."""
        return self.summary.total if self.summary.is_quoted else None

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("commune"):
            self.look_at(data["commune"])
        if "payment" in data and data["payment"] not in self.offer.codes:
            self.add_error("payment", _("This sum cannot be paid that way. Please choose another."))
        return data

    def keep_only_place_errors(self) -> None:
        """The buyer only asked for the shipping: what is still empty is not wrong yet, no sum is agreed to."""
        for name in [name for name in self.errors if name != "place"]:
            del self.errors[name]

    def check_agreement(self) -> None:
        """The basket can be bought and its sum is the one that the buyer saw. Adds what is to be said otherwise."""
        if not self.contents.can_buy:
            self.add_error(None, _("Something in your basket has changed. Look at what is marked below."))
        elif any(parcel.refusal for parcel in self.summary.parcels):
            self.add_error(None, _("One parcel cannot go to this place. Look at what is marked below."))
        elif self.cleaned_data.get("agreed_total") != self.summary.total:
            self.add_error(None, self._new_sum())

    def _new_sum(self) -> ValidationError:
        if self.cleaned_data.get("agreed_total") is None:
            words = _("The shipping is counted now. Look at the total and press the button once more.")
        else:
            words = _("The total has changed since you saw it. Look at it and press the button once more.")
        return ValidationError(words, code="sum")

    def recipient(self) -> Recipient:
        """After is_valid()."""
        data = self.cleaned_data
        return Recipient(
            name=data["name"],
            phone=data["phone"],
            email=data["email"],
            line1=data["line1"],
            commune=data["commune"],
            typed_place=data["place_typed"],
        )
