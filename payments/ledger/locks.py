"""The one row lock of the books, the last of all (payments.locks)."""

from payments.ledger.models import Account


def lock_account(account: Account) -> None:
    """Wait for the row and read its flag anew. The key is left alone: lines may point at it meanwhile."""
    account.refresh_from_db(
        fields=["debt_since"], from_queryset=Account.objects.select_for_update(no_key=True)
    )
