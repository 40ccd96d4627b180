"""What staff type about statements and differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.amount_fields import DongField
from catalogue.money import dong
from marketplace.order.models import SellerOrder
from payments.desk.corrections import name_of
from payments.desk.forms import LARGEST
from payments.desk.models import Correction
from payments.models import Transfer
from payments.reconciliation.models import Statement
from payments.reconciliation.movements import number_of, unseen
from payments.reconciliation.statements import MOST_BYTES

if TYPE_CHECKING:
    from payments.reconciliation.movements import Movement


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


class CorrectionChoice(forms.ModelChoiceField[Correction]):
    def label_from_instance(self, correction: Correction) -> str:
        return f"{name_of(correction)} · {dong(correction.amount)} · {correction.memo[:80]}"


class ExplainForm(forms.Form):
    """``corrections`` are those that can have put the books right; without any, none is asked for."""

    words = forms.CharField(label=_("What it was"), max_length=300, min_length=4)
    correction = CorrectionChoice(
        Correction.objects.none(), label=_("The correction that put it right"), required=False
    )

    def __init__(self, *args: Any, corrections: QuerySet[Correction], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["correction"].queryset = corrections  # type: ignore[attr-defined]
        if not corrections:
            self.fields["correction"].widget = forms.HiddenInput()


class RailPayoutForm(forms.Form):
    """``rails`` are those that hold money for us: code and name."""

    rail = forms.ChoiceField(label=_("Way of paying"))
    fee = DongField(label=_("Fee, đồng"), min_value=0, max_value=LARGEST, initial=0)

    def __init__(self, *args: Any, rails: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rail"].choices = [("", "—"), *rails]  # type: ignore[attr-defined]


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


class MovementsChoice(forms.ModelMultipleChoiceField["Movement"]):
    def label_from_instance(self, entry: Movement) -> str:
        at = f"{timezone.localtime(entry.occurred_at):%d/%m/%Y}"
        what = str((entry.reverses or entry).get_kind_display())
        if entry.reverses:
            what = gettext("come back: %(what)s") % {"what": what}
        return " · ".join((at, what, number_of(entry), dong(entry.moved)))


class MovementsForm(forms.Form):
    movements = MovementsChoice(unseen().none(), label=_("Which ones?"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, movements: QuerySet[Movement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["movements"].queryset = movements  # type: ignore[attr-defined]


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
