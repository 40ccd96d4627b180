"""Bring a statement in, look at it, apply it. Nothing of a file is lost, and no movement counts twice."""

import hashlib
from dataclasses import replace
from itertools import count
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.search.fold import fold
from marketplace.accounts.models import User
from marketplace.outbox.services import enqueue
from payments.reconciliation.bank import apply_bank_row
from payments.reconciliation.bank_statements import read_bank
from payments.reconciliation.carrier_lists import read_carrier
from payments.reconciliation.carriers import apply_carrier_row
from payments.reconciliation.exceptions import AlreadyBroughtIn, AlreadySettled, NotThatWay
from payments.reconciliation.items import note_unreadable
from payments.reconciliation.locks import lock_statement
from payments.reconciliation.missing_there import note_missing_there
from payments.reconciliation.models import Statement, StatementRow
from payments.reconciliation.rows import Row, refuse_future

Kind, State, Outcome = Statement.Kind, Statement.State, StatementRow.Outcome
MOST_BYTES = 5_000_000
ROWS_AT_ONCE = 200
"""Of a statement, in one transaction: a second or two, so that neither a request nor a notice waits longer."""


@transaction.atomic
def bring_in(*, kind: str, name: str, content: bytes, by: User, carrier: str = "") -> Statement:
    """Keep the file and read its rows, without doing anything yet.

    Raises UnreadableFile, or AlreadyBroughtIn with the statement that has the same bytes.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    known = _with(sha256).first()
    if known is not None:
        raise AlreadyBroughtIn(known.pk)
    read, now = read_bank if kind == Kind.BANK else read_carrier, timezone.now()
    rows = [refuse_future(row, now) for row in read(content)]
    try:
        with transaction.atomic():
            statement: Statement = Statement.objects.create(
                kind=kind, carrier=carrier, name=name[:200], content=content, sha256=sha256, read_by=by
            )
    except IntegrityError as error:  # brought in at the same moment
        raise AlreadyBroughtIn(_with(sha256).get().pk) from error
    StatementRow.objects.bulk_create(_stored(statement, row) for row in rows)
    return statement


def _with(sha256: str) -> QuerySet[Statement]:
    found: QuerySet[Statement] = Statement.objects.exclude(state=State.DISCARDED)
    return found.filter(sha256=sha256)


def _stored(statement: Statement, row: Row) -> StatementRow:
    return StatementRow(
        statement=statement,
        line=row.line,
        outcome=_outcome(row),
        error=row.error[:300],
        raw=list(row.raw),
        amount=row.amount,
        fee=row.fee,
        occurred_at=row.occurred_at,
        reference=row.reference,
        memo=row.memo,
        folded=fold(row.memo),
        returned=row.returned,
        digest=_digest(statement, row),
    )


def _outcome(row: Row) -> str:
    if row.is_unused:
        return Outcome.UNUSED
    return Outcome.UNREADABLE if row.error else Outcome.WAITING


def _digest(statement: Statement, row: Row) -> str:
    whose = f"{statement.kind}{statement.carrier}".encode()
    return hashlib.sha256(whose + row.digest.encode()).hexdigest()


@transaction.atomic
def apply_statement(statement: Statement, *, by: User) -> Statement:
    """Do what every row says: settle, book, or put it into the queue. Of a long one jobs do all but the beginning.

    Raises AlreadySettled.
    """
    statement = lock_statement(statement.pk)
    if statement.state != State.READ:
        raise AlreadySettled(statement.name)
    statement.state, statement.applied_by, statement.applied_at = State.APPLYING, by, timezone.now()
    _apply_rows(statement)
    return statement


@transaction.atomic
def apply_rest(payload: dict[str, Any]) -> None:
    """The outbox job: the next rows of a long statement. ``payload`` is {"statement": pk}. Twice is once."""
    statement = lock_statement(payload["statement"])
    if statement.state == State.APPLYING:
        _apply_rows(statement)


def _apply_rows(statement: Statement) -> None:
    act = apply_bank_row if statement.kind == Kind.BANK else apply_carrier_row
    rows = list(statement.rows.filter(outcome=Outcome.WAITING).order_by("line")[: ROWS_AT_ONCE + 1])
    for row in rows[:ROWS_AT_ONCE]:
        if _is_applied(row.digest):
            row.outcome = Outcome.REPEATED
        else:
            act(row)
        row.save()
    if len(rows) > ROWS_AT_ONCE:
        enqueue("apply_rest", {"statement": statement.pk}, key=f"apply_rest:{statement.pk}:{rows[-1].line}")
    else:
        statement.state = State.APPLIED
    statement.save(update_fields=["state", "applied_by", "applied_at"])
    if statement.state == State.APPLIED:
        note_missing_there(statement)
        note_unreadable(statement)


@transaction.atomic
def discard(statement: Statement) -> Statement:
    """It was given the wrong kind or carrier; the file may come again. Raises AlreadySettled once it was applied."""
    statement = lock_statement(statement.pk)
    if statement.state != State.READ:
        raise AlreadySettled(statement.name)
    statement.state = State.DISCARDED
    statement.save(update_fields=["state"])
    return statement


@transaction.atomic
def apply_as_another(row: StatementRow) -> StatementRow:
    """A person says that a repeated row is not the movement of the earlier statement, but one that equals it.

    It counts as the next one of its kind, as it will in a file that has them all. Raises AlreadySettled, or
    NotThatWay where the bank's number says that it is the same.
    """
    statement = lock_statement(row.statement_id)
    row = statement.rows.select_related("statement").get(pk=row.pk)
    if row.outcome != Outcome.REPEATED:
        raise AlreadySettled(str(row))
    if not row.may_be_another:
        raise NotThatWay(_("The bank gave both the same number: they are one movement."))
    row.digest = _next_digest(row)
    row.save(update_fields=["digest"])
    apply_bank_row(row)
    row.save()
    return row


def _next_digest(row: StatementRow) -> str:
    amount, at = row.moved
    said = Row(
        line=row.line, raw=row.raw, amount=amount, occurred_at=at, reference=row.reference, memo=row.memo
    )
    digests = (_digest(row.statement, replace(said, nth=nth)) for nth in count())
    return next(digest for digest in digests if not _is_applied(digest))


def _is_applied(digest: str) -> bool:
    return StatementRow.objects.applied().filter(digest=digest).exists()
