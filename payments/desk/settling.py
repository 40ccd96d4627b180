"""Reconciliation at the desk: each act with its line in the diary, in one transaction."""

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from marketplace.accounts.models import User
from payments.desk.journal import Kind, record
from payments.desk.models import Correction
from payments.ledger.models import Entry
from payments.models import Transfer
from payments.reconciliation import bank_resolving, resolving, statements
from payments.reconciliation.models import Item, Statement, StatementRow


@transaction.atomic
def bring_in(*, kind: str, carrier: str, name: str, content: bytes, by: User) -> Statement:
    """Raises UnreadableFile, AlreadyBroughtIn."""
    statement = statements.bring_in(kind=kind, carrier=carrier, name=name, content=content, by=by)
    record(Kind.STATEMENT_READ, by=by, subject=statement.name, note=statement.sha256)
    return statement


@transaction.atomic
def apply(statement: Statement, *, by: User) -> Statement:
    """Raises AlreadySettled."""
    applied = statements.apply_statement(statement, by=by)
    record(Kind.STATEMENT_APPLIED, by=by, subject=applied.name)
    return applied


@transaction.atomic
def discard(statement: Statement, *, by: User) -> None:
    """Raises AlreadySettled."""
    kept = statements.discard(statement)
    record(Kind.STATEMENT_DISCARDED, by=by, subject=kept.name, note=kept.sha256)


@transaction.atomic
def apply_as_another(row: StatementRow, *, by: User) -> StatementRow:
    """Raises AlreadySettled, NotThatWay."""
    applied = statements.apply_as_another(row)
    record(Kind.ROW_APPLIED, by=by, subject=str(applied), note=applied.memo, amount=applied.amount)
    return applied


@transaction.atomic
def explain(item: Item, *, words: str, correction: Correction | None, by: User) -> Item:
    """``correction`` put the books right, where they were wrong. Raises AlreadySettled, NotThatWay.

    Said again in the same words, nothing changes.
    """
    if correction is None and resolving.has_explained(item, words=words, by=by):
        return item
    entry = correction.entry if correction else None
    return _record(resolving.explain(item, words=words, by=by, entry=entry), by)


@transaction.atomic
def agree(item: Item, *, by: User) -> Item:
    """Raises AlreadySettled, NotThatWay."""
    return _record(resolving.agree(item, by=by), by)


@transaction.atomic
def take_in(item: Item, *, by: User) -> Item:
    """Raises AlreadySettled, NotThatWay."""
    return _record(bank_resolving.take_in(item, account=settings.BANK_ACCOUNT, by=by), by)


@transaction.atomic
def link(item: Item, *, transfer: Transfer, by: User) -> Item:
    """Raises AlreadySettled, NotThatWay."""
    return _record(bank_resolving.link(item, transfer=transfer, by=by), by)


@transaction.atomic
def link_list(item: Item, *, statement: Statement, by: User) -> Item:
    """Raises AlreadySettled, NotThatWay."""
    return _record(bank_resolving.link_list(item, statement=statement, by=by), by)


@transaction.atomic
def link_movements(item: Item, *, movements: QuerySet[Entry], by: User) -> Item:
    """Raises AlreadySettled, NotThatWay."""
    return _record(bank_resolving.link_movements(item, movements=movements, by=by), by)


@transaction.atomic
def charge_bank_fee(item: Item, *, by: User) -> Item:
    """Raises AlreadySettled, NotThatWay."""
    return _record(bank_resolving.charge_bank_fee(item, by=by), by)


@transaction.atomic
def accept_sum(item: Item, *, by: User) -> Item:
    """Raises AlreadySettled, NotThatWay."""
    return _record(resolving.accept_sum(item, by=by), by)


@transaction.atomic
def settle_as_rail(item: Item, *, rail: str, fee: int, by: User) -> Item:
    """Raises AlreadySettled, NotThatWay."""
    return _record(bank_resolving.settle_as_rail(item, rail=rail, fee=fee, by=by), by)


def _record(item: Item, by: User) -> Item:
    record(
        Kind.ITEM_EXPLAINED if item.is_open else Kind.ITEM_RESOLVED,
        by=by,
        subject=f"{item.source_name} {item.reference}",
        note=item.resolution,
        amount=item.their_amount or item.our_amount,
        order=item.payment.order if item.payment else None,
        entry=item.entry,
    )
    return item
