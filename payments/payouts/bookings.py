"""Payouts in the books. Part of the caller's transaction, once per payout."""

from datetime import datetime

from payments.ledger.accounts import of_market, seller_payable
from payments.ledger.debts import note_debt
from payments.ledger.models import Account, Entry
from payments.ledger.posting import Leg, post, reverse
from payments.payouts.models import Payout


def payout_sent(payout: Payout, *, occurred_at: datetime) -> Entry:
    """The money has left our bank account. A refund since the batch was made may leave the seller with a debt."""
    owed = seller_payable(payout.partner)
    entry = post(
        key=_key(payout),
        kind=Entry.Kind.PAYOUT_SENT,
        occurred_at=occurred_at,
        lines=[Leg(owed, payout.amount), Leg(of_market(Account.Kind.BANK), -payout.amount)],
        payout_id=payout.pk,
        memo=payout.reference,
    )
    note_debt(owed)
    return entry


def payout_returned(payout: Payout, *, occurred_at: datetime) -> Entry:
    """The bank sent it back: we owe it again."""
    sent = Entry.objects.get(key=_key(payout))
    entry = reverse(sent, key=f"payout_returned:{payout.pk}", memo=payout.reason, occurred_at=occurred_at)
    note_debt(seller_payable(payout.partner))
    return entry


def _key(payout: Payout) -> str:
    return f"payout:{payout.pk}"
