"""Where the buyer wants a refund that no rail can make: typed once, shown masked ever after."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from marketplace.order.models import Order
from marketplace.tracking.access import for_buyers
from payments.account_form import BankAccountForm
from payments.bank_refunds import tell_account_named
from payments.parcel_refunds import name_account, wanting_an_account
from payments.payouts.accounts import bank_capitals


class RefundAccountForm(BankAccountForm):
    holder_again = forms.CharField(
        label=gettext_lazy("Account holder once more"),
        max_length=70,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "holder" in data and bank_capitals(data.get("holder_again", "")) != data["holder"]:
            self.add_error("holder_again", _("The two names differ. Type the name as the bank has it."))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
@for_buyers
def refund_account(request: HttpRequest, order: Order) -> HttpResponse:
    wanting = wanting_an_account(order.pk)
    if not wanting.exists():
        messages.info(request, _("No refund of this order waits for an account."))
        return redirect("tracking:order", number=order.number)
    form = RefundAccountForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        _name(order, form.cleaned_data)
        messages.success(request, _("Thank you. We send the money there and tell you."))
        return redirect("tracking:order", number=order.number)
    context = {"order": order, "form": form, "amount": sum(refund.amount for refund in wanting)}
    return render(request, "tracking/refund_account.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _name(order: Order, data: dict[str, str]) -> None:
    bank_bin, number = data["bank_bin"], data["number"]
    if name_account(order.pk, bank_bin=bank_bin, number=number, holder=data["holder"]):
        tell_account_named(order, bank_bin=bank_bin, number=number)
