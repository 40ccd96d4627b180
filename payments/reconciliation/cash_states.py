"""How far the cash of a parcel has come, from the door to the bank."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.order.models import SellerOrder
from payments.ledger.models import Entry
from payments.reconciliation.models import StatementRow


class CashState(models.TextChoices):
    #: from the order on, until it is taken at the door
    DUE = "due", _("still to be collected")
    #: whoever brought the parcel has it
    COLLECTED = "collected", _("collected at the door")
    #: on the carrier's list; the money is on its way to the bank account
    REMITTED = "remitted", _("on the carrier's list, not at the bank yet")
    #: the bank's statement shows it
    RECONCILED = "reconciled", _("arrived at the bank")


def cash_state(parcel: SellerOrder) -> CashState | None:
    """None: no cash is, or was, to be taken for it. Reads `parcel.order`.

    What the seller took himself stays with him: it goes no further than collected.
    """
    listed = parcel.statement_rows.filter(outcome=StatementRow.Outcome.MATCHED, returned=False)
    row = listed.select_related("statement__arrived_as").first()
    if row is not None:
        return CashState.RECONCILED if hasattr(row.statement, "arrived_as") else CashState.REMITTED
    if _was_taken(parcel):
        return CashState.COLLECTED
    return CashState.DUE if parcel.to_collect else None


def _was_taken(parcel: SellerOrder) -> bool:
    """By the books; by the parcel's own state in the moment before they have it."""
    arrived = parcel.status == SellerOrder.Status.DELIVERED and parcel.order.paid_at is None
    return arrived or parcel.entries.filter(kind=Entry.Kind.CASH_COLLECTED).exists()
