"""What staff type to put the books right."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.amount_fields import DongField
from farmers.partner.models import Partner
from marketplace.order.models import Order
from payments.desk.forms import LARGEST
from payments.ledger.accounts import seller_payable
from payments.ledger.models import Account
from payments.models import Payment


def _memo() -> forms.CharField:
    return forms.CharField(
        label=_("Why, and what proves it"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class TakeBackForm(forms.Form):
    memo = _memo()


class CorrectionForm(forms.Form):
    """One amount from one account to another. The seller's account goes by the stall's code."""

    debit = forms.ChoiceField(label=_("Debit (Nợ)"))
    credit = forms.ChoiceField(label=_("Credit (Có)"))
    seller = forms.CharField(
        label=_("Stall code"), help_text=_("Only where a seller's account is chosen."), required=False
    )
    amount = DongField(label=_("Amount, đồng"), min_value=1, max_value=LARGEST)
    memo = _memo()
    about = forms.CharField(
        label=_("Order number or payment code"),
        help_text=_("If it is about one: it then stands in that order's story."),
        max_length=40,
        required=False,
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    SELLER = "seller"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        market = Account.objects.exclude(kind__in=(Account.Kind.SELLER_PAYABLE, Account.Kind.ROUNDING))
        choices = [(str(account.pk), str(account)) for account in market]
        choices.append((self.SELLER, str(Account.Kind.SELLER_PAYABLE.label)))
        for name in ("debit", "credit"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_about(self) -> Order | None:
        typed = "".join(self.cleaned_data["about"].split()).upper()
        if not typed:
            return None
        named = Q(number=typed) | Q(pk__in=Payment.objects.filter(reference=typed).values("order"))
        found: Order | None = Order.objects.filter(named).first()
        if found is None:
            raise ValidationError(_("There is no order or payment with this number."))
        return found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return data
        sides = {name: str(data[name]) for name in ("debit", "credit")}
        if sides["debit"] == sides["credit"]:
            raise ValidationError(_("Choose two different accounts."))
        seller = self._seller(data.get("seller", "")) if self.SELLER in sides.values() else None
        for name, chosen in sides.items():
            data[name] = seller if chosen == self.SELLER else Account.objects.get(pk=chosen)
        return data

    def _seller(self, code: str) -> Account:
        stall = Partner.objects.filter(code=code.strip()).first()
        if stall is None:
            raise ValidationError({"seller": _("There is no stall with this code.")})
        return seller_payable(stall)
