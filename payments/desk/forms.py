"""What staff type at the desk."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalogue.amount_fields import DongField
from catalogue.money import dong
from marketplace.order.models import Order, SellerOrder
from payments.claims.photos import SeveralPhotos, WithPhotos
from payments.parcel_refunds import Part, left_of_line

LARGEST = 10**13
"""đồng that anybody moves by hand in one go."""


class AttachForm(forms.Form):
    order = forms.CharField(label=_("Order number"), max_length=24)

    def clean_order(self) -> Order:
        number = "".join(self.cleaned_data["order"].split())
        found: Order | None = Order.objects.filter(number=number).first()
        if found is None:
            raise ValidationError(_("There is no order with this number."))
        return found


class GiveBackForm(forms.Form):
    memo = forms.CharField(
        label=_("The bank's number of the transfer back, and to whom"), max_length=300, min_length=4
    )


class RefundMadeForm(forms.Form):
    bank_reference = forms.CharField(label=_("The bank's transaction number"), max_length=120)


class RefundReturnedForm(forms.Form):
    reason = forms.CharField(
        label=_("Why, in the bank's words"),
        max_length=120,
        min_length=4,
        help_text=_("The buyer reads it: for example, the account is closed."),
    )

    #: the newest transfer on the page
    seen = forms.IntegerField(required=False, min_value=0)

    def clean_reason(self) -> str:
        """It stands in the middle of a sentence."""
        return str(self.cleaned_data["reason"]).rstrip(" .")

    def clean_seen(self) -> int:
        return self.cleaned_data["seen"] or 0


class FoundAtRailForm(forms.Form):
    number = forms.CharField(label=_("The rail's number of the refund"), max_length=120)


class SwitchForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=200)
    off = forms.BooleanField(required=False, widget=forms.HiddenInput)


class ParcelRefundForm(forms.Form):
    """What of a paid parcel goes back: amounts of its lines, of its goods at large, and of its freight."""

    everything = forms.BooleanField(label=_("All that can still go back"), required=False)
    goods = DongField(
        label=_("Of the goods at large, đồng"), min_value=0, max_value=LARGEST, initial=0, required=False
    )
    shipping = DongField(
        label=_("Of the shipping charge, đồng"), min_value=0, max_value=LARGEST, initial=0, required=False
    )
    from_market = forms.BooleanField(
        label=_("The market pays, not the farm"),
        required=False,
        help_text=_("As goodwill, out of our commission, where the farm did nothing wrong."),
    )
    reason = forms.CharField(label=_("Why"), min_length=4, max_length=200)
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, parcel: SellerOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parcel, self.lines = parcel, list(parcel.lines.order_by("pk"))
        for line in self.lines:
            label = f"{line.quantity} × {line.title} ({line.pack_label})"
            self.fields[f"line-{line.pk}"] = DongField(
                label=label,
                min_value=0,
                max_value=LARGEST,
                initial=0,
                required=False,
                help_text=_("At most %(amount)s.") % {"amount": dong(left_of_line(line))},
            )
        self.order_fields(["everything", *(f"line-{line.pk}" for line in self.lines)])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        amounts = {line: data.get(f"line-{line.pk}") or 0 for line in self.lines}
        data["parts"] = [Part(line=line, amount=amount) for line, amount in amounts.items() if amount]
        data["goods"] = (data.get("goods") or 0) + sum(amounts.values())
        data["shipping"] = data.get("shipping") or 0
        says_nothing = not data.get("everything") and not data["goods"] + data["shipping"]
        if not self.errors and says_nothing:
            raise ValidationError(_("Say how much goes back."))
        return data


class WrittenClaimForm(WithPhotos):
    """What a buyer says who called: he need not have sent a photo."""

    words = forms.CharField(
        label=_("What the buyer says"),
        min_length=10,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Which goods, how many packs, what is wrong with them. The farm reads it too."),
    )
    wanted = DongField(label=_("How much money the buyer asks for, đồng"), min_value=1, max_value=LARGEST)
    photos = SeveralPhotos(
        label=_("Photos"), required=False, help_text=_("Up to 5, if the buyer has sent any.")
    )


class ClaimDecisionForm(forms.Form):
    goods = DongField(
        label=_("Of the goods, đồng"), min_value=0, max_value=LARGEST, initial=0, required=False
    )
    shipping = DongField(
        label=_("Of the shipping charge, đồng"), min_value=0, max_value=LARGEST, initial=0, required=False
    )
    words = forms.CharField(
        label=_("The decision in words"),
        min_length=4,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Buyer and farm read it. No amount means that the claim is refused."),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        return data | {name: data.get(name) or 0 for name in ("goods", "shipping")}


class CancelParcelForm(forms.Form):
    reason = forms.CharField(
        label=_("Why, in the buyer's words"),
        max_length=120,
        min_length=4,
        help_text=_("The farm reads it too."),
    )


class ParcelReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it came back, and who says so"),
        max_length=120,
        min_length=4,
        help_text=_("Buyer and farm read it too."),
    )


class CancellationAnswerForm(forms.Form):
    agree = forms.BooleanField(required=False, widget=forms.HiddenInput)
    words = forms.CharField(label=_("In your words"), max_length=200, min_length=4)
