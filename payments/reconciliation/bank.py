"""The bank's rows against the transfers that notifiers told us of.

A credit that is one of our transfers is settled: the money that the rail held for us is on the bank account. A
credit that pays out a carrier's list is that list's arrival. Anything else waits for a person.
"""

from datetime import timedelta

from django.db.models import QuerySet

from catalogue.search.fold import fold
from payments.ledger.models import Entry
from payments.ledger.postings import rail_settled
from payments.locks import lock_transfer
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
    transfer = transfer_of(row)
    remittance = None if transfer else _remittance_of(row)
    if transfer:
        settle_row(row, transfer)
    elif remittance:
        settle_as_list(row, remittance)
    else:
        open_for_row(row, Finding.MISSING_HERE, source=Item.BANK)


def settle_row(row: StatementRow, transfer: Transfer) -> Entry:
    """The transfer's money lies on the bank account, once per row and per transfer."""
    amount, at = row.moved
    row.transfer, row.outcome = transfer, Outcome.MATCHED
    row.entry = rail_settled(rail=BANK_RAIL, amount=amount, fee=0, key=f"row:{row.pk}", occurred_at=at)
    row.save()
    return row.entry


def settle_as_list(row: StatementRow, remittance: Statement) -> None:
    """The cash of the carrier's list has arrived; the list itself has booked it."""
    row.remittance, row.outcome = remittance, Outcome.MATCHED
    row.save()


def transfer_of(row: StatementRow) -> Transfer | None:
    """The one transfer that this row is; two that fit equally well are left to a person. Its row is locked."""
    known = alike(row)
    if len(known) != 1:
        return None
    transfer = lock_transfer(known[0].pk)
    return transfer if unsettled(row).filter(pk=transfer.pk).exists() else None


def alike(row: StatementRow) -> list[Transfer]:
    """Transfers that this row can be: by the bank's number, else by the code in the memo, else by its words.

    Never by its amount alone. Words do not count where the bank gave each a number of its own.
    """
    fits = unsettled(row)
    if row.reference and len(same := list(fits.filter(bank_reference=row.reference)[:2])) == 1:
        return same
    if code := find_code(row.memo):
        return list(fits.filter(payment__reference=code))
    if row.reference:
        fits = fits.filter(bank_reference="")
    return list(fits.filter(content=row.memo)) if row.memo else []


def unsettled(row: StatementRow) -> QuerySet[Transfer]:
    """Transfers of the row's sum and about its time that no row of a statement has settled yet."""
    amount, at = row.moved
    rows: QuerySet[Transfer] = Transfer.objects.filter(
        amount=amount, occurred_at__gte=at - NEAR, occurred_at__lt=at + NEAR
    )
    settled = StatementRow.objects.filter(outcome=Outcome.MATCHED, transfer__isnull=False).values("transfer")
    return rows.exclude(outcome__in=Transfer.NOT_RECEIVED).exclude(pk__in=settled)


def _remittance_of(row: StatementRow) -> Statement | None:
    """The list of the carrier that the memo names; an order's code in the memo says that a buyer paid."""
    if find_code(row.memo):
        return None
    named = [one for one in lists_like(row) if _names(row.memo, one.carrier)]
    return named[0] if len(named) == 1 else None


def _names(memo: str, carrier: str) -> bool:
    """Whether the carrier's name is in the memo, whatever the bank did to its spaces and marks."""
    said, name = (fold(text).replace(" ", "") for text in (memo, carrier))
    return bool(name) and name in said


def lists_like(row: StatementRow) -> list[Statement]:
    """Carriers' lists that nobody has seen arrive and whose parcels, less fees, are exactly this sum."""
    amount, at = row.moved
    lists = Statement.objects.filter(
        kind=Statement.Kind.CARRIER,
        state=Statement.State.APPLIED,
        arrived_as=None,
        applied_at__gte=at - CARRIER_TAKES,
    )
    return [one for one in lists.defer("content") if handed_over(one) == amount]


def handed_over(statement: Statement) -> int:
    """đồng that the carrier's list says are on their way to our account."""
    booked = statement.rows.filter(outcome=Outcome.MATCHED)
    return sum((amount or 0) - fee for amount, fee in booked.values_list("amount", "fee"))
