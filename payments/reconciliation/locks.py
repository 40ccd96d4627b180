"""The only row locks of this module, in this order: matching, statement, item. All others come after them
(payments.locks).
"""

from payments.ledger.accounts import of_market
from payments.ledger.locks import lock_account
from payments.ledger.models import Account
from payments.reconciliation.models import Item, Statement


def lock_matching() -> None:
    """Rows of statements find what they show one transaction at a time: no movement is shown twice, and two
    statements that touch the same orders cannot each wait for the other.
    """
    lock_account(of_market(Account.Kind.BANK))


def lock_statement(pk: int) -> Statement:
    """Raises Statement.DoesNotExist."""
    found: Statement = Statement.objects.select_for_update(no_key=True).get(pk=pk)
    return found


def lock_item(pk: int) -> Item:
    """Raises Item.DoesNotExist."""
    rows = Item.objects.select_for_update(no_key=True, of=("self",))
    found: Item = rows.select_related("row__statement", "payment__order").get(pk=pk)
    return found
