"""What staff type about statements and differences."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.amount_fields import DongField
from marketplace.order.models import SellerOrder
from payments.desk.forms import LARGEST
from payments.models import Transfer
from payments.reconciliation.models import Statement
from payments.reconciliation.statements import MOST_BYTES


class StatementForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind of file"), choices=Statement.Kind.choices, widget=forms.RadioSelect, initial="bank"
    )
    carrier = forms.ChoiceField(
        label=_("Carrier"), help_text=_("For a carrier's list of cash."), required=False
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("The bank's statement as CSV, XLSX or camt.053; the carrier's list as XLSX or CSV."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.xml"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["carrier"].choices = [("", "—"), *((name, name) for name in carriers())]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("kind") == Statement.Kind.CARRIER and not data.get("carrier"):
            self.add_error("carrier", _("Say which carrier's list it is."))
        if data.get("kind") == Statement.Kind.BANK:
            data["carrier"] = ""
        return data

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than 5 MB. Is it the right one?"))
        return file


class ExplainForm(forms.Form):
    words = forms.CharField(label=_("What it was"), max_length=300, min_length=4)


class RailPayoutForm(forms.Form):
    rail = forms.ChoiceField(label=_("Way of paying"))
    fee = DongField(label=_("Fee, đồng"), min_value=0, max_value=LARGEST, initial=0)

    def __init__(self, *args: Any, rails: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rail"].choices = rails  # type: ignore[attr-defined]


class TransferChoice(forms.ModelChoiceField[Transfer]):
    def label_from_instance(self, transfer: Transfer) -> str:
        at = f"{timezone.localtime(transfer.occurred_at):%H:%M %d/%m/%Y}"
        return " · ".join(filter(None, (at, transfer.bank_reference, transfer.content, _outcome(transfer))))


def _outcome(transfer: Transfer) -> str:
    return str(transfer.payment or transfer.get_outcome_display())


class LinkForm(forms.Form):
    transfer = TransferChoice(
        Transfer.objects.none(), label=_("Which one?"), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, *args: Any, transfers: QuerySet[Transfer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["transfer"].queryset = transfers.select_related("payment")  # type: ignore[attr-defined]


class ListForm(forms.Form):
    statement = forms.ModelChoiceField(
        Statement.objects.none(), label=_("Which one?"), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, *args: Any, lists: list[Statement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = Statement.objects.filter(pk__in=[one.pk for one in lists]).defer("content")
        self.fields["statement"].queryset = fitting  # type: ignore[attr-defined]


def carriers() -> list[str]:
    """Those that parcels were ever given to."""
    names = SellerOrder.objects.exclude(carrier="").order_by("carrier")
    return list(names.values_list("carrier", flat=True).distinct())
