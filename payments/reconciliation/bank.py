"""The bank's rows against the transfers that notifiers told us of.

A credit that is one of our transfers is settled: the money that the rail held for us is on the bank account. A
credit that pays out a carrier's list is that list's arrival. Anything else waits for a person.
"""

from datetime import timedelta

from django.db.models import QuerySet

from payments.ledger.models import Entry
from payments.ledger.postings import rail_settled
from payments.models import Transfer
from payments.providers.vietqr.memo import find_code
from payments.reconciliation.items import open_for_row
from payments.reconciliation.models import Finding, Item, Statement, StatementRow
from payments.transfers import BANK_RAIL, NEAR

Outcome = StatementRow.Outcome
CARRIER_TAKES = timedelta(days=10)
"""At most, from a carrier's list to its money. A choice of ours."""


def apply_bank_row(row: StatementRow) -> None:
    """Part of the caller's transaction, which saves the row."""
    if row.moved[0] < 0:
        row.outcome = Outcome.OUTGOING
        return
    transfer = _transfer_of(row)
    remittance = None if transfer else _remittance_of(row)
    if transfer:
        settle_row(row, transfer)
    elif remittance:
        row.remittance, row.outcome = remittance, Outcome.MATCHED
    else:
        open_for_row(row, Finding.MISSING_HERE, source=Item.BANK)


def settle_row(row: StatementRow, transfer: Transfer) -> Entry:
    """The transfer's money lies on the bank account, once per row and per transfer."""
    amount, at = row.moved
    row.transfer, row.outcome = transfer, Outcome.MATCHED
    row.entry = rail_settled(rail=BANK_RAIL, amount=amount, fee=0, key=f"row:{row.pk}", occurred_at=at)
    row.save()
    return row.entry


def _transfer_of(row: StatementRow) -> Transfer | None:
    """The one transfer that this row can be: by the bank's number, else by the code in the memo, else by time.

    Never by its amount alone: two that fit equally well are left to a person.
    """
    fits = _unsettled(row)
    if row.reference and (found := _only(fits.filter(bank_reference=row.reference))):
        return found
    if code := find_code(row.memo):
        return _only(fits.filter(payment__reference=code))
    if row.reference and fits.exclude(bank_reference="").exists():
        return None
    return _only(fits.filter(content=row.memo)) if row.memo else None


def _unsettled(row: StatementRow) -> QuerySet[Transfer]:
    amount, at = row.moved
    rows: QuerySet[Transfer] = Transfer.objects.filter(
        amount=amount, occurred_at__gte=at - NEAR, occurred_at__lt=at + NEAR
    )
    settled = StatementRow.objects.filter(outcome=Outcome.MATCHED, transfer__isnull=False).values("transfer")
    return rows.exclude(outcome__in=Transfer.NOT_RECEIVED).exclude(pk__in=settled)


def _only(rows: QuerySet[Transfer]) -> Transfer | None:
    found = list(rows[:2])
    return found[0] if len(found) == 1 else None


def _remittance_of(row: StatementRow) -> Statement | None:
    """The carrier's list whose parcels, less fees, are exactly this sum; None when more than one is."""
    amount, at = row.moved
    lists = Statement.objects.filter(
        kind=Statement.Kind.CARRIER,
        state=Statement.State.APPLIED,
        arrived_as=None,
        applied_at__gte=at - CARRIER_TAKES,
    )
    fit = [one for one in lists if handed_over(one) == amount]
    return fit[0] if len(fit) == 1 else None


def handed_over(statement: Statement) -> int:
    """đồng that the carrier's list says are on their way to our account."""
    booked = statement.rows.filter(outcome=Outcome.MATCHED)
    return sum((amount or 0) - fee for amount, fee in booked.values_list("amount", "fee"))
