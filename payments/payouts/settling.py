"""What became of a transfer: it arrived, or it came back and is due again. Each outcome counts once."""

from datetime import datetime

from django.db import transaction

from payments.payouts.bookings import payout_returned
from payments.payouts.exceptions import NotNow
from payments.payouts.locks import lock_seller
from payments.payouts.models import Payout
from payments.payouts.notices import tell_returned

State = Payout.State


@transaction.atomic
def mark_paid(payout: Payout, *, bank_reference: str, now: datetime) -> None:
    """The bank says that it arrived. Raises NotNow unless it was on its way."""
    _move(payout, State.PAID, bank_reference=bank_reference, settled_at=now)


@transaction.atomic
def mark_returned(payout: Payout, *, reason: str, now: datetime) -> None:
    """The money came back, even days after it had arrived: the ledger owes it again, and its parcels are due.

    Raises NotNow unless it was on its way or had arrived.
    """
    lock_seller(payout.partner)
    _move(payout, State.RETURNED, reason=reason[:200], settled_at=now)
    payout.items.update(is_open=False)
    payout_returned(payout, occurred_at=now)
    tell_returned(payout)


def _move(payout: Payout, to: str, **changes: object) -> None:
    if not Payout.objects.move(payout.pk, to, **changes):
        raise NotNow
    payout.refresh_from_db()
