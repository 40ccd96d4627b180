"""A seller who owes the market, after a late refund or with buyers' cash in hand: then it is said on the account."""

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


def end_debt(account: Account) -> None:
    """The seller was given something: what was owed may be settled. Without a debt the account is not even locked."""
    if account.debt_since is not None:
        note_debt(account)
