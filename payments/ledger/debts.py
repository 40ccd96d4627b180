"""A seller who owes the market: allowed only where a refund came after the payout, and then said on the account."""

from django.utils import timezone

from payments.ledger.accounts import balance
from payments.ledger.locks import lock_account
from payments.ledger.models import Account


def note_debt(account: Account) -> None:
    """Write down since when the seller owes us, or that it is settled. Part of the caller's transaction."""
    lock_account(account)
    owes = balance(account) > 0
    if owes != (account.debt_since is not None):
        account.debt_since = timezone.now() if owes else None
        account.save(update_fields=["debt_since"])
