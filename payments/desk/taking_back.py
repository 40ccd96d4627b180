"""Which entries two people may take back at the desk, by their mirror image, and what that opens again.

Only what people themselves have booked: a correction, and the fee or a rail's payout that somebody said a row of the
bank's statement was. Nothing else counts on these but that row or difference, which then waits for a person again
(reconciliation.taking_back).

Every other kind is told of by other tables too: what a payment received, that a parcel is sold, a refund, a payout,
what a carrier handed over, commission and tax. The books alone taken back would contradict them, and the audit would
say so. Those are undone by the service that knows both: a refund, a cancellation, a return.
"""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.order.models import Order
from payments.desk.exceptions import NotTakenBack
from payments.desk.journal import Kind, record
from payments.desk.models import Correction
from payments.ledger.models import Entry
from payments.ledger.posting import reverse
from payments.reconciliation.locks import take_turn
from payments.reconciliation.movements import TAKEN_BACK
from payments.reconciliation.taking_back import ask_again, can_be_asked_again


@transaction.atomic
def propose(entry: Entry, *, memo: str, by: User) -> Correction:
    """``memo`` says why it was wrong and what proves it. Nothing is booked yet. Raises NotTakenBack."""
    _refuse(why_not(entry))
    facts = {"reverses": entry, "amount": moved_by(entry), "order": about(entry)}
    try:
        with transaction.atomic():
            found: Correction = Correction.objects.create(**facts, memo=memo, proposed_by=by)
    except IntegrityError as faster:
        raise NotTakenBack(_proposed_before()) from faster
    told = {"amount": found.amount, "order": found.order, "entry": entry}
    record(Kind.TAKING_BACK_PROPOSED, by=by, subject=entry.key, note=memo, **told)
    return found


def book(found: Correction, entry: Entry, *, by: User) -> Entry:
    """The second person agrees. Part of the caller's transaction, which holds ``found``. Raises NotTakenBack."""
    take_turn()
    _refuse(_why_never(entry))
    ask_again(entry)
    key = f"taken_back:{entry.key}"
    return reverse(entry, key=key, memo=found.memo, actor=found.proposed_by, approved_by=by)


def why_not(entry: Entry) -> str:
    """In words for the person at the desk; empty: it can be proposed."""
    if why := _why_never(entry):
        return why
    proposed = entry.takings_back.filter(state=Correction.State.PROPOSED).exists()
    return _proposed_before() if proposed else ""


def can_be_chosen(entry: Entry) -> bool:
    """Whether it is worth a look; ``why_not`` knows the rest. Asks nothing of an entry loaded with reversed_by."""
    return entry.kind in TAKEN_BACK and not is_taken_back(entry)


def is_taken_back(entry: Entry) -> bool:
    return hasattr(entry, "reversed_by")


def about(entry: Entry) -> Order | None:
    """The order that it is booked for, or that the correction was said to be about."""
    proposal: Correction | None = getattr(entry, "proposal", None)
    return entry.order or (proposal.order if proposal else None)


def moved_by(entry: Entry) -> int:
    """đồng on its debit side."""
    return sum(line.amount for line in entry.lines.all() if line.amount > 0)


def _why_never(entry: Entry) -> str:
    if is_taken_back(entry):
        return _("It was taken back before, by %(key)s.") % {"key": entry.reversed_by.key}
    if entry.kind == Entry.Kind.REVERSAL:
        return _(
            "It takes another entry back itself. If that was right after all, propose it anew as a correction."
        )
    if entry.kind not in TAKEN_BACK:
        return _(
            "Payments, parcels, refunds or payouts tell of it too, and the books alone would contradict them. "
            "Undo it where it was done: give money back, cancel the parcel, or note that the money came back."
        )
    if not can_be_asked_again(entry):
        return _("A row of the bank's statement is this very transfer: its money did arrive.")
    if entry.kind == Entry.Kind.CORRECTION and entry.proposal.transfer_id:
        return _("It gave a transfer back. If that money came back, it comes in as a transfer of its own.")
    return ""


def _proposed_before() -> str:
    return _("Somebody has proposed to take it back: it waits for a second person under Corrections.")


def _refuse(why: str) -> None:
    if why:
        raise NotTakenBack(why)
