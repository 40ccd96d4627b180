"""What became of a transfer: it arrived, or it came back and is due again. Each outcome counts once."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from catalogue.money import dong
from marketplace.messaging.services import tell
from payments.payouts.bookings import payout_returned
from payments.payouts.exceptions import NotNow
from payments.payouts.models import Payout

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
    _move(payout, State.RETURNED, reason=reason[:200], settled_at=now)
    payout.items.update(is_open=False)
    payout_returned(payout, occurred_at=now)
    tell(
        "payout_returned",
        key=f"payout_returned:{payout.pk}",
        phone=payout.partner.phone,
        context={
            "seller": payout.partner.name,
            "amount": dong(payout.amount),
            "bank": payout.bank,
            "number": payout.number[-4:],
            "reason": payout.reason,
            "url": f"{settings.SITE_URL}{reverse('workspace:payout_account')}",
        },
    )


def _move(payout: Payout, to: str, **changes: object) -> None:
    before = [state for state, steps in Payout.TRANSITIONS.items() if to in steps]
    if not Payout.objects.filter(pk=payout.pk, state__in=before).update(state=to, **changes):
        raise NotNow
    payout.refresh_from_db()
