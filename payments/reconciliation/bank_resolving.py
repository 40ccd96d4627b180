"""A person says what a row of the bank's statement is, or the books have come to know it since."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalogue.money import dong
from marketplace.accounts.models import User
from payments.ledger.accounts import balance, clearing
from payments.ledger.locks import lock_account
from payments.ledger.models import Entry
from payments.ledger.postings import bank_fee, rail_settled
from payments.locks import lock_arrivals, lock_transfer
from payments.models import Notification, Transfer
from payments.providers.base import Notice, Outcome
from payments.providers.registry import name_of
from payments.providers.vietqr.memo import find_code
from payments.reconciliation.bank import (
    alike,
    lists_like,
    settle_as_list,
    settle_row,
    transfer_of,
    unsettled,
)
from payments.reconciliation.exceptions import NotThatWay
from payments.reconciliation.locks import lock_item, lock_statement
from payments.reconciliation.models import Finding, Item, Statement, StatementRow
from payments.reconciliation.movements import named_by, number_of, show, unseen
from payments.reconciliation.resolving import open_item, settle
from payments.transfers import STATEMENT, record_transfer


@transaction.atomic
def take_in(item: Item, *, account: str, by: User) -> Item:
    """A credit that no notifier told us of is taken in like any transfer: its memo may pay an order.

    Where a notice has told of it since, it is that transfer and counts no second time. ``account`` is ours, whose
    statement it is. Raises AlreadySettled, or NotThatWay.
    """
    item, row = _credit(item)
    if item.finding == Finding.AMOUNT_DIFFERS:
        raise NotThatWay(_("We know this transfer already, with another sum: it is not taken in once more."))
    lock_arrivals(alone=True)
    if transfer := transfer_of(row):
        return _settle_as(item, row, transfer, by=by)
    if alike(row):
        raise NotThatWay(_("More than one transfer that we know fits it. Choose which one it is."))
    told = _told(row)
    transfer = record_transfer(told, _notice(row, account))
    told.payment, told.verdict = transfer.payment, Notification.Verdict.ACCEPTED
    told.save(update_fields=["payment", "verdict"])
    entry = settle_row(row, transfer)
    words = _("Taken in: %(outcome)s") % {"outcome": transfer.get_outcome_display()}
    return settle(item, words=words, by=by, entry=entry)


@transaction.atomic
def link(item: Item, *, transfer: Transfer, by: User) -> Item:
    """A person says which transfer that we know the row is. Raises AlreadySettled, or NotThatWay."""
    item, row = _credit(item)
    transfer = lock_transfer(transfer.pk)
    if not unsettled(row).filter(pk=transfer.pk).exists():
        raise NotThatWay(_("This transfer is of another sum or day, or another row has settled it."))
    return _settle_as(item, row, transfer, by=by)


@transaction.atomic
def link_list(item: Item, *, statement: Statement, by: User) -> Item:
    """A person says which carrier's list the row pays out. Raises AlreadySettled, or NotThatWay."""
    statement = lock_statement(statement.pk)
    item, row = _credit(item)
    if statement not in lists_like(row):
        raise NotThatWay(_("This list is of another sum, or its money has arrived before."))
    settle_as_list(row, statement)
    words = _("It is the money of the list %(name)s.") % {"name": statement.name[:200]}
    return settle(item, words=words, by=by)


@transaction.atomic
def link_movements(item: Item, *, movements: QuerySet[Entry], by: User) -> Item:
    """A person says which payouts, refunds or corrections of our books the row is. Their sum has to be the row's.

    Raises AlreadySettled, or NotThatWay.
    """
    item, row = _row(item)
    entries = list(unseen().filter(pk__in=movements))
    total = sum(entry.moved for entry in entries)
    if not entries or total != item.their_amount:
        raise NotThatWay(
            _("Together they are %(total)s, and the row is %(amount)s.")
            % {"total": dong(total), "amount": dong(item.their_amount)}
        )
    return _show(item, row, entries, by=by)


@transaction.atomic
def charge_bank_fee(item: Item, *, by: User) -> Item:
    """The bank took it for its service. Raises AlreadySettled, or NotThatWay."""
    item, row = _row(item)
    amount, at = row.moved
    if amount > 0:
        raise NotThatWay(_("Only money that left the account can be a fee."))
    row.outcome = StatementRow.Outcome.MATCHED
    row.entry = bank_fee(amount=-amount, key=row.booking, occurred_at=at, memo=row.memo[:300])
    row.save(update_fields=["outcome", "entry"])
    return settle(item, words=_("A fee of the bank."), by=by, entry=row.entry)


@transaction.atomic
def settle_as_rail(item: Item, *, rail: str, fee: int, by: User) -> Item:
    """A rail paid out what it held for us, less ``fee`` đồng. Raises AlreadySettled, or NotThatWay.

    It cannot have paid out, with its fee, more than the books say that it held.
    """
    item, row = _credit(item)
    amount, at = row.moved
    holder = clearing(rail)
    lock_account(holder)
    if amount + fee > (held := balance(holder)):
        raise NotThatWay(
            _("By the books this way of paying holds only %(held)s for us.") % {"held": dong(held)}
        )
    row.outcome = StatementRow.Outcome.MATCHED
    row.entry = rail_settled(rail=rail, amount=amount + fee, fee=fee, key=row.booking, occurred_at=at)
    row.save(update_fields=["outcome", "entry"])
    words = _("Paid out by %(rail)s, fee %(fee)s") % {"rail": name_of(rail), "fee": dong(fee)}
    return settle(item, words=words, by=by, entry=row.entry)


@transaction.atomic
def close_if_known(item: Item) -> None:
    """What a notice told, or a person noted as sent, after the statement came settles it, unless a person has."""
    item = lock_item(item.pk)
    row = item.bank_row
    if row is None or not item.is_open:
        return
    if item.came and (transfer := transfer_of(row)):
        _settle_as(item, row, transfer, by=None)
    elif entry := named_by(row):
        _show(item, row, [entry], by=None)


def _row(item: Item) -> tuple[Item, StatementRow]:
    found = open_item(item)
    if found.bank_row is None:
        raise NotThatWay(_("Only a row of the bank's statement can be settled like this."))
    return found, found.bank_row


def _credit(item: Item) -> tuple[Item, StatementRow]:
    found, row = _row(item)
    if not found.came:
        raise NotThatWay(_("Only a credit on the bank's statement can be settled like this."))
    return found, row


def _told(row: StatementRow) -> Notification:
    return Notification.objects.create(
        provider=STATEMENT, event_id=f"row:{row.pk}", body="\t".join(row.raw).encode()
    )


def _notice(row: StatementRow, account: str) -> Notice:
    amount, at = row.moved
    return Notice(
        event_id=f"row:{row.pk}",
        outcome=Outcome.PAID,
        amount=amount,
        occurred_at=at,
        reference=find_code(row.memo) or "",
        account=account,
        bank_reference=row.reference,
        memo=row.memo,
    )


def _settle_as(item: Item, row: StatementRow, transfer: Transfer, *, by: User | None) -> Item:
    words = _("It is the transfer “%(words)s”, of which a notice told us.") % {
        "words": transfer.content[:120]
    }
    return settle(item, words=words, by=by, entry=settle_row(row, transfer))


def _show(item: Item, row: StatementRow, entries: Sequence[Entry], *, by: User | None) -> Item:
    show(row, entries)
    words = _("It is %(movements)s.") % {"movements": ", ".join(map(number_of, entries))}
    return settle(item, words=words, by=by, entry=entries[0])
