"""What one person at the desk may do alone, each with its line in the diary. Every use case owns its transaction."""

from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.order.models import Order
from marketplace.outbox.models import Job
from payments.attaching import attach_transfer
from payments.desk import jobs
from payments.desk.corrections import proposed_for
from payments.desk.exceptions import AlreadyDecided
from payments.desk.journal import Kind, record
from payments.exceptions import NotUnclaimed
from payments.ledger.models import Entry
from payments.locks import lock_attempts, lock_transfer
from payments.models import RailSwitch, Transfer
from payments.providers import registry
from payments.reconciliation import returns
from payments.reconciliation.movements import number_of, on_account
from payments.ways import SWITCHES_KEY


@transaction.atomic
def attach(transfer: Transfer, order: Order, *, by: User) -> Transfer:
    """Give the money of an unknown transfer to ``order``. Raises AlreadyDecided, or DeclinedPayment."""
    lock_attempts(order.pk)
    if proposed_for(lock_transfer(transfer.pk)):
        raise AlreadyDecided(str(transfer))
    try:
        attached = attach_transfer(transfer, order)
    except NotUnclaimed as late:
        raise AlreadyDecided(str(transfer)) from late
    words = str(attached.get_outcome_display())
    record(
        Kind.TRANSFER_ATTACHED,
        by=by,
        subject=order.number,
        note=words,
        amount=transfer.amount,
        order=order,
    )
    return attached


@transaction.atomic
def take_as_return(transfer: Transfer, entries: QuerySet[Entry], *, by: User) -> Transfer:
    """The money of an unknown transfer is that of the payouts or refunds whose returns ``entries`` are.

    Raises AlreadyDecided, or NotThatWay.
    """
    try:
        taken = returns.take_as_return(transfer, entries, by=by)
    except NotUnclaimed as late:
        raise AlreadyDecided(str(transfer)) from late
    if proposed_for(taken):
        raise AlreadyDecided(str(transfer))
    for entry in on_account().filter(came_in__transfer=taken).select_related("order"):
        moved = {"amount": entry.moved, "entry": entry, "order": entry.order}
        record(Kind.TRANSFER_CAME_BACK, by=by, subject=number_of(entry), note=transfer.content, **moved)
    return taken


@transaction.atomic
def retry(job: Job, *, by: User) -> None:
    """Give parked work another eight tries. Raises AlreadyDecided."""
    parked = Job.objects.filter(pk=job.pk, state=Job.State.PARKED)
    if not parked.update(state=Job.State.NEW, attempts=0, next_try_at=timezone.now()):
        raise AlreadyDecided(str(job))
    record(Kind.JOB_RETRIED, by=by, subject=f"{jobs.name_of(job)} {job.key}", note=job.last_error)


@transaction.atomic
def switch_rail(code: str, *, off: bool, reason: str, by: User) -> bool:
    """The kill switch: nobody is offered the rail while it is off. What was paid by it is still settled.

    False where it stands so already, for the same reason.
    """
    said = {"is_off": off, "reason": reason}
    if RailSwitch.objects.filter(provider=code, **said).exists():
        return False
    RailSwitch.objects.update_or_create(provider=code, defaults={**said, "changed_by": by})
    record(Kind.RAIL_OFF if off else Kind.RAIL_ON, by=by, subject=registry.name_of(code), note=reason)
    transaction.on_commit(lambda: cache.delete(SWITCHES_KEY), robust=True)
    return True
