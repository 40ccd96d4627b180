"""A person settles a difference: by taking the money in, by saying what it is that we know, or by explaining it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.money import dong
from marketplace.accounts.models import User
from payments.ledger.accounts import balance, clearing
from payments.ledger.locks import lock_account
from payments.ledger.models import Entry
from payments.ledger.postings import rail_settled
from payments.locks import lock_arrivals, lock_transfer
from payments.models import Notification, Transfer
from payments.providers.base import Notice, Outcome
from payments.providers.vietqr.memo import find_code
from payments.reconciliation import carriers
from payments.reconciliation.bank import (
    alike,
    lists_like,
    settle_as_list,
    settle_row,
    transfer_of,
    unsettled,
)
from payments.reconciliation.exceptions import AlreadySettled, NotThatWay
from payments.reconciliation.locks import lock_item, lock_statement
from payments.reconciliation.models import Finding, Item, Statement, StatementRow
from payments.transfers import STATEMENT, record_transfer


@transaction.atomic
def explain(item: Item, *, words: str, by: User) -> Item:
    """Nothing has to be booked; ``words`` say why. Raises AlreadySettled."""
    return _settle(_open(item), words=words, by=by)


@transaction.atomic
def take_in(item: Item, *, account: str, by: User) -> Item:
    """A credit that no notifier told us of is taken in like any transfer: its memo may pay an order.

    Where a notice has told of it since, it is that transfer and counts no second time. ``account`` is ours, whose
    statement it is. Raises AlreadySettled, or NotThatWay.
    """
    item, row = _bank_credit(item)
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
    return _settle(item, words=words, by=by, entry=entry)


@transaction.atomic
def link(item: Item, *, transfer: Transfer, by: User) -> Item:
    """A person says which transfer that we know the row is. Raises AlreadySettled, or NotThatWay."""
    item, row = _bank_credit(item)
    transfer = lock_transfer(transfer.pk)
    if not unsettled(row).filter(pk=transfer.pk).exists():
        raise NotThatWay(_("This transfer is of another sum or day, or another row has settled it."))
    return _settle_as(item, row, transfer, by=by)


@transaction.atomic
def link_list(item: Item, *, statement: Statement, by: User) -> Item:
    """A person says which carrier's list the row pays out. Raises AlreadySettled, or NotThatWay."""
    statement = lock_statement(statement.pk)
    item, row = _bank_credit(item)
    if statement not in lists_like(row):
        raise NotThatWay(_("This list is of another sum, or its money has arrived before."))
    settle_as_list(row, statement)
    words = _("It is the money of the list %(name)s.") % {"name": statement.name[:200]}
    return _settle(item, words=words, by=by)


@transaction.atomic
def close_if_told(item: Item) -> None:
    """A notice that came after the statement settles the difference, unless a person has."""
    item = lock_item(item.pk)
    if item.state != Item.State.OPEN or item.row is None:
        return
    if transfer := transfer_of(item.row):
        _settle_as(item, item.row, transfer, by=None)


@transaction.atomic
def accept_less(item: Item, *, by: User) -> Item:
    """The carrier handed over less of a parcel's cash than it collected, and owes the rest.

    Raises AlreadySettled, or NotThatWay.
    """
    item = _open(item)
    if item.row is None or item.source == Item.BANK or item.finding != Finding.AMOUNT_DIFFERS:
        raise NotThatWay(_("Only another amount on a carrier's list can be settled like this."))
    rest = carriers.accept_less(item.row)
    words = _("Taken as handed over; the carrier still owes %(rest)s.") % {"rest": dong(rest)}
    return _settle(item, words=words, by=by, entry=item.row.entry)


@transaction.atomic
def settle_as_rail(item: Item, *, rail: str, fee: int, by: User) -> Item:
    """A rail paid out what it held for us, less ``fee`` đồng. Raises AlreadySettled, or NotThatWay.

    It cannot have paid out, with its fee, more than the books say that it held.
    """
    item, row = _bank_credit(item)
    amount, at = row.moved
    holder = clearing(rail)
    lock_account(holder)
    if amount + fee > (held := balance(holder)):
        raise NotThatWay(
            _("By the books this way of paying holds only %(held)s for us.") % {"held": dong(held)}
        )
    row.outcome = StatementRow.Outcome.MATCHED
    row.entry = rail_settled(rail=rail, amount=amount + fee, fee=fee, key=f"row:{row.pk}", occurred_at=at)
    row.save(update_fields=["outcome", "entry"])
    words = _("Paid out by %(rail)s, fee %(fee)d đ") % {"rail": rail, "fee": fee}
    return _settle(item, words=words, by=by, entry=row.entry)


def _open(item: Item) -> Item:
    found = lock_item(item.pk)
    if found.state != Item.State.OPEN:
        raise AlreadySettled(str(found))
    return found


def _bank_credit(item: Item) -> tuple[Item, StatementRow]:
    found = _open(item)
    if found.row is None or found.source != Item.BANK or found.finding != Finding.MISSING_HERE:
        raise NotThatWay(_("Only a credit on the bank's statement can be settled like this."))
    return found, found.row


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
    return _settle(item, words=words, by=by, entry=settle_row(row, transfer))


def _settle(item: Item, *, words: str, by: User | None, entry: Entry | None = None) -> Item:
    item.state, item.resolution, item.entry = Item.State.RESOLVED, words[:300], entry
    item.resolved_by, item.resolved_at = by, timezone.now()
    item.save(update_fields=["state", "resolution", "entry", "resolved_by", "resolved_at"])
    return item
