"""The bank's rows against the transfers that notifiers told us of.

A credit that is one of our transfers is settled: the money that the rail held for us is on the bank account. A
credit that pays out a carrier's list is that list's arrival. What carries the number of a payout, a refund or
another movement of our books shows that (movements.py). Anything else waits for a person.
"""

from django.db.models import QuerySet

from catalogue.search.fold import fold
from payments.ledger.models import Entry
from payments.ledger.postings import rail_settled
from payments.locks import lock_transfer
from payments.models import Transfer
from payments.providers.vietqr.memo import find_code
from payments.reconciliation.carriers import CARRIER_TAKES
from payments.reconciliation.items import close_shown, open_for_row
from payments.reconciliation.models import Finding, Item, Return, Statement, StatementRow
from payments.reconciliation.movements import named_by, show
from payments.transfers import BANK_RAIL, NEAR

Outcome = StatementRow.Outcome


def apply_bank_row(row: StatementRow) -> None:
    """Part of the caller's transaction, which saves the row."""
    came = row.moved[0] > 0
    if came and (transfer := transfer_of(row)):
        settle_row(row, transfer)
    elif came and (remittance := _remittance_of(row)):
        settle_as_list(row, remittance)
    elif entry := named_by(row):
        show(row, [entry])
    elif came and (transfer := _of_another_sum(row)):
        _open_as_another_sum(row, transfer)
    else:
        open_for_row(row, Finding.MISSING_HERE, source=Item.BANK)


def settle_row(row: StatementRow, transfer: Transfer) -> Entry:
    """The transfer's money lies on the bank account, once per row and per transfer.

    Where it is our own that came back, its return has been booked, and the row only shows it.
    """
    row.transfer, row.outcome = transfer, Outcome.MATCHED
    close_shown(transfer=transfer)
    if returned := list(Entry.objects.filter(came_in__transfer=transfer).order_by("pk")):
        row.save()
        show(row, returned)
        return returned[0]
    amount, at = row.moved
    row.entry = rail_settled(rail=BANK_RAIL, amount=amount, fee=0, key=row.booking, occurred_at=at)
    row.save()
    return row.entry


def settle_as_list(row: StatementRow, remittance: Statement) -> None:
    """The cash of the carrier's list has arrived; the list itself has booked it."""
    row.remittance, row.outcome = remittance, Outcome.MATCHED
    row.save()
    close_shown(remittance=remittance)


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


def _of_another_sum(row: StatementRow) -> Transfer | None:
    """The one transfer that has the bank's number of the row; their sums differ, else it would be the row."""
    if not row.reference:
        return None
    same = list(_near(row).filter(bank_reference=row.reference)[:2])
    return same[0] if len(same) == 1 and same[0].amount != row.amount else None


def _open_as_another_sum(row: StatementRow, transfer: Transfer) -> None:
    """The statement does show the transfer: that none did before is over, and none that comes later says so again."""
    close_shown(transfer=transfer)
    is_known = Item.objects.filter(transfer=transfer).exists()
    open_for_row(
        row,
        Finding.AMOUNT_DIFFERS,
        source=Item.BANK,
        payment=transfer.payment,
        transfer=None if is_known else transfer,
        our_amount=transfer.amount,
        our_state=str(transfer.get_outcome_display()),
    )


def unsettled(row: StatementRow) -> QuerySet[Transfer]:
    """Transfers of the row's sum and about its time that no row of a statement has settled yet."""
    return _near(row).filter(amount=row.moved[0])


def _near(row: StatementRow) -> QuerySet[Transfer]:
    _amount, at = row.moved
    return settled_by_none().filter(occurred_at__gte=at - NEAR, occurred_at__lt=at + NEAR)


def settled_by_none() -> QuerySet[Transfer]:
    """Money that came to us by a notice, or a person's word, and that no row of a statement has shown.

    Nor has one shown it as our own that came back.
    """
    settled = StatementRow.objects.filter(outcome=Outcome.MATCHED, transfer__isnull=False).values("transfer")
    received: QuerySet[Transfer] = Transfer.objects.exclude(outcome__in=Transfer.NOT_RECEIVED)
    shown = Return.objects.filter(entry__shown_by__isnull=False).values("transfer")
    return received.exclude(pk__in=settled).exclude(pk__in=shown).select_related("payment")


def _remittance_of(row: StatementRow) -> Statement | None:
    """The list of the carrier that the memo names; an order's code in the memo says that a buyer paid."""
    if find_code(row.memo):
        return None
    soon = not_arrived().filter(applied_at__gte=row.moved[1] - CARRIER_TAKES)
    named = [one for one in _of_sum(soon, row) if _names(row.memo, one.carrier)]
    return named[0] if len(named) == 1 else None


def _names(memo: str, carrier: str) -> bool:
    """Whether the carrier's name is in the memo, whatever the bank did to its spaces and marks."""
    said, name = (fold(text).replace(" ", "") for text in (memo, carrier))
    return bool(name) and name in said


def lists_like(row: StatementRow) -> list[Statement]:
    """Carriers' lists that nobody has seen arrive and whose parcels, less fees, are exactly this sum."""
    return _of_sum(not_arrived(), row)


def not_arrived() -> QuerySet[Statement]:
    """Carriers' lists whose money no row of the bank's statement has brought."""
    lists: QuerySet[Statement] = Statement.objects.filter(
        kind=Statement.Kind.CARRIER, state=Statement.State.APPLIED, arrived_as=None
    )
    return lists.defer("content")


def _of_sum(lists: QuerySet[Statement], row: StatementRow) -> list[Statement]:
    return [one for one in lists if handed_over(one) == row.moved[0]]


def handed_over(statement: Statement) -> int:
    """đồng that the carrier's list says are on their way to our account."""
    booked = statement.rows.filter(outcome=Outcome.MATCHED)
    return sum((amount or 0) - fee for amount, fee in booked.values_list("amount", "fee"))
