"""Payouts at the desk: each act with its line in the diary, in one transaction."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.accounts.models import User
from payments.desk.journal import Kind, record
from payments.desk.models import DeskAction
from payments.payouts import results, services, settling
from payments.payouts.models import Payout, PayoutBatch, ResultFile


@transaction.atomic
def make(*, token: UUID, by: User, now: datetime) -> tuple[PayoutBatch, bool]:
    """The batch of the form with this ``token``, and whether it is new."""
    batch, is_new = services.make_batch(token=token, by=by, now=now)
    if is_new:
        record(Kind.BATCH_MADE, by=by, subject=batch.reference)
    return batch, is_new


@transaction.atomic
def approve(batch: PayoutBatch, *, total: int, by: User, now: datetime) -> None:
    """``total`` is what the person saw, đồng. Raises SamePerson, NotNow."""
    services.approve_batch(batch, by=by, total=total, now=now)
    record(Kind.BATCH_APPROVED, by=by, subject=batch.reference, amount=batch.total)


@transaction.atomic
def send(batch: PayoutBatch, *, by: User, now: datetime) -> None:
    """Raises NotNow."""
    services.send_batch(batch, by=by, now=now)
    record(Kind.BATCH_SENT, by=by, subject=batch.reference, amount=batch.total)


@transaction.atomic
def cancel(batch: PayoutBatch, *, by: User) -> None:
    """Raises NotNow."""
    services.cancel_batch(batch)
    record(Kind.BATCH_CANCELLED, by=by, subject=batch.reference, amount=batch.total)


@transaction.atomic
def arrived(payout: Payout, *, bank_reference: str, by: User, now: datetime) -> None:
    """Raises NotNow."""
    settling.mark_paid(payout, bank_reference=bank_reference, now=now)
    record(Kind.PAYOUT_ARRIVED, by=by, subject=payout.reference, note=bank_reference, amount=payout.amount)


@transaction.atomic
def came_back(payout: Payout, *, reason: str, by: User, now: datetime) -> None:
    """Raises NotNow."""
    settling.mark_returned(payout, reason=reason, now=now)
    record(Kind.PAYOUT_RETURNED, by=by, subject=payout.reference, note=reason, amount=payout.amount)


@transaction.atomic
def bring_in(*, name: str, content: bytes, by: User, now: datetime) -> ResultFile:
    """The same bytes again are the same import, and no second line. Raises UnreadableFile."""
    kept = results.import_results(name=name, content=content, by=by, now=now)
    if not DeskAction.objects.filter(kind=Kind.RESULTS_READ, note=kept.sha256).exists():
        record(Kind.RESULTS_READ, by=by, subject=kept.name, note=kept.sha256)
    return kept
