"""Refunds that a person sends, or looks up at their rail: each act with its line in the diary."""

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from payments import bank_refunds
from payments.desk.exceptions import AlreadyDecided, CameInMeanwhile
from payments.desk.journal import Kind, record
from payments.exceptions import NeedsAccount, NeedsRelease, OnePerson
from payments.ledger.models import Entry
from payments.locks import lock_attempts
from payments.models import Refund
from payments.reconciliation.items import close
from payments.reconciliation.models import Item
from payments.refund_limit import needs_release
from payments.refunds import complete_refund


@transaction.atomic
def refund_made(refund: Refund, *, bank_reference: str, by: User) -> None:
    """A person has sent the money; the bank's reference proves it.

    Raises AlreadyDecided, or NeedsAccount; where it takes two, NeedsRelease, or OnePerson for whoever released it.
    """
    lock_attempts(refund.payment.order_id)
    waiting = Refund.objects.to_make().filter(pk=refund.pk).first()
    if waiting is None:
        raise AlreadyDecided(str(refund))
    if waiting.is_without_account:
        raise NeedsAccount(refund.key)
    if waiting.released_by_id == by.pk:
        raise OnePerson(refund.key)
    if needs_release(waiting):
        raise NeedsRelease(refund.key)
    if not complete_refund(refund, bank_reference=bank_reference, by=by):
        raise AlreadyDecided(str(refund))
    _record(Kind.REFUND_MADE, refund, note=bank_reference, by=by)


@transaction.atomic
def release(refund: Refund, *, by: User) -> None:
    """Raises AlreadyDecided."""
    if not bank_refunds.release_refund(refund, by=by):
        raise AlreadyDecided(str(refund))
    _record(Kind.REFUND_RELEASED, refund, note=_account(refund), by=by)


@transaction.atomic
def correct_account(refund: Refund, *, bank_bin: str, number: str, holder: str, by: User) -> None:
    """Raises AlreadyDecided."""
    before = _account(refund)
    if not bank_refunds.correct_account(refund, bank_bin=bank_bin, number=number, holder=holder):
        raise AlreadyDecided(str(refund))
    _record(Kind.REFUND_ACCOUNT, refund, note=f"{before} → {_account(refund)}", by=by)


@transaction.atomic
def returned(refund: Refund, *, reason: str, seen: int, by: User) -> None:
    """The buyer's bank sent it back and says why, whoever had sent it.

    ``seen`` is the pk of the newest transfer that may be its money and that the person has looked at, or 0. Raises
    CameInMeanwhile where there is a newer one, or AlreadyDecided.
    """
    lock_attempts(refund.payment.order_id)
    if bank_refunds.came_in_since(refund).filter(pk__gt=seen).exists():
        raise CameInMeanwhile(str(refund))
    went = f"{_account(refund)} {refund.bank_reference or refund.provider_reference}"
    taken_back = bank_refunds.mark_returned(refund, reason=reason)
    if taken_back is None:
        raise AlreadyDecided(str(refund))
    words = _("It came back: the buyer is owed it again.")
    close(Item.objects.filter(refund=refund), words=words, by=by, entry=taken_back)
    _record(Kind.REFUND_RETURNED, refund, note=f"{went}: {reason}", by=by)


@transaction.atomic
def found_at_rail(refund: Refund, *, number: str, by: User) -> None:
    """One noted as come back is found only where the rail itself says so. Raises AlreadyDecided, or OfAnother."""
    said = Item.objects.filter(refund=refund, state=Item.State.OPEN, their_amount__lt=0)
    was_returned = refund.returns > 0 and refund.state == Refund.State.FAILED
    if was_returned and not said.exists() or not bank_refunds.found_at_rail(refund, number=number):
        raise AlreadyDecided(str(refund))
    sent = Entry.objects.get(key=f"refund_sent:{refund.sending}")
    close(Item.objects.filter(refund=refund), words=_("The rail did make it."), by=by, entry=sent)
    _record(Kind.REFUND_FOUND, refund, note=number, by=by)


@transaction.atomic
def not_found_at_rail(refund: Refund, *, by: User) -> None:
    """Raises AlreadyDecided."""
    if not bank_refunds.not_found_at_rail(refund):
        raise AlreadyDecided(str(refund))
    _record(Kind.REFUND_NOT_FOUND, refund, note=refund.message, by=by)


def _account(refund: Refund) -> str:
    return f"{refund.bank} {refund.masked_account}" if refund.account else "—"


def _record(kind: Kind, refund: Refund, *, note: str, by: User) -> None:
    payment = refund.payment
    record(kind, by=by, subject=payment.reference, note=note, amount=refund.amount, order=payment.order)
