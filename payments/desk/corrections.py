"""Manual corrections of the books: proposed by one person, booked when another approves."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.order.models import Order
from payments.desk import taking_back
from payments.desk.exceptions import AlreadyDecided, SamePerson, SentBefore
from payments.desk.journal import Kind, record
from payments.desk.locks import lock_correction
from payments.desk.models import Correction
from payments.ledger import postings
from payments.ledger.accounts import of_market
from payments.ledger.debts import note_debt
from payments.ledger.models import Account, Entry
from payments.ledger.posting import Leg
from payments.locks import lock_transfer
from payments.models import Transfer
from payments.reconciliation.corrections import putting_right
from payments.reconciliation.models import Item
from payments.refunds import resolve_transfer

State = Correction.State


@transaction.atomic
def propose(
    *,
    debit: Account,
    credit: Account,
    amount: int,
    memo: str,
    token: UUID,
    order: Order | None = None,
    by: User,
) -> Correction:
    """``amount`` đồng; ``memo`` says why and what proves it, ``order`` what it is about. Nothing is booked yet.

    ``token`` is the form's. Raises SentBefore.
    """
    said = {"debit": debit, "credit": credit, "amount": amount, "memo": memo, "order": order}
    found, is_new = Correction.objects.get_or_create(token=token, defaults={**said, "proposed_by": by})
    if not is_new:
        raise SentBefore(found.amount)
    told = {"amount": amount, "order": order}
    record(Kind.CORRECTION_PROPOSED, by=by, subject=name_of(found), note=memo, **told)
    return found


@transaction.atomic
def propose_giving_back(transfer: Transfer, *, memo: str, by: User) -> Correction:
    """Money of nobody's order was, or is to be, sent back from our bank account.

    Raises AlreadyDecided when it is settled, never came to us, belongs to an order by now, or was proposed before.
    """
    transfer = lock_transfer(transfer.pk)
    if not transfer.is_unclaimed or proposed_for(transfer):
        raise AlreadyDecided(str(transfer))
    found: Correction = Correction.objects.create(
        debit=of_market(Account.Kind.BUYER_CREDIT),
        credit=of_market(Account.Kind.BANK),
        amount=transfer.amount,
        memo=memo,
        transfer=transfer,
        proposed_by=by,
    )
    record(Kind.GIVING_BACK_PROPOSED, by=by, subject=name_of(found), note=memo, amount=transfer.amount)
    return found


def proposed_for(transfer: Transfer) -> Correction | None:
    found: Correction | None = transfer.corrections.exclude(state=State.REJECTED).first()
    return found


@transaction.atomic
def approve(correction: Correction, *, by: User) -> Entry:
    """Book it, once. Raises SamePerson, AlreadyDecided, or NotTakenBack."""
    found = _locked(correction)
    if found.proposed_by_id == by.pk:
        raise SamePerson(name_of(found))
    entry = taking_back.book(found, found.reverses, by=by) if found.reverses else _book(found, by)
    for line in entry.lines.filter(account__kind=Account.Kind.SELLER_PAYABLE).select_related("account"):
        note_debt(line.account)
    if found.transfer:
        resolve_transfer(found.transfer, resolution=_("Given back: %(reference)s") % _proof(found), by=by)
    _decide(found, State.APPROVED, by, entry)
    record(
        Kind.CORRECTION_APPROVED,
        by=by,
        subject=name_of(found),
        note=found.memo,
        amount=found.amount,
        order=found.order,
        entry=entry,
    )
    return entry


def _book(found: Correction, by: User) -> Entry:
    assert found.debit and found.credit  # by the table's own rule
    return postings.correction(
        [Leg(found.debit, found.amount), Leg(found.credit, -found.amount)],
        key=str(found.pk),
        by=found.proposed_by,
        approved_by=by,
        memo=found.memo,
    )


@transaction.atomic
def reject(correction: Correction, *, by: User) -> None:
    """Also by whoever proposed it. Raises AlreadyDecided."""
    found = _locked(correction)
    _decide(found, State.REJECTED, by)
    told = {"amount": found.amount, "order": found.order}
    record(Kind.CORRECTION_REJECTED, by=by, subject=name_of(found), note=found.memo, **told)


def fitting(item: Item) -> QuerySet[Correction]:
    """Those that can have put the difference right, newest first."""
    booked: QuerySet[Correction] = Correction.objects.filter(state=State.APPROVED)
    return booked.filter(entry__in=putting_right(item)).order_by("-decided_at")


def name_of(correction: Correction) -> str:
    return _("Correction %(number)d") % {"number": correction.pk}


def _proof(correction: Correction) -> dict[str, str]:
    return {"reference": correction.memo[:150]}


def _locked(correction: Correction) -> Correction:
    found = lock_correction(correction.pk)
    if found.state != State.PROPOSED:
        raise AlreadyDecided(name_of(found))
    return found


def _decide(correction: Correction, state: str, by: User, entry: Entry | None = None) -> None:
    correction.state, correction.entry = state, entry
    correction.decided_by, correction.decided_at = by, timezone.now()
    correction.save(update_fields=["state", "entry", "decided_by", "decided_at"])
