"""The only row locks of this module, in this order: statement, item. All others come after them (payments.locks)."""

from payments.reconciliation.models import Item, Statement


def lock_statement(pk: int) -> Statement:
    """Raises Statement.DoesNotExist."""
    found: Statement = Statement.objects.select_for_update(no_key=True).get(pk=pk)
    return found


def lock_item(pk: int) -> Item:
    """Raises Item.DoesNotExist."""
    rows = Item.objects.select_for_update(no_key=True, of=("self",))
    found: Item = rows.select_related("row__statement", "payment__order").get(pk=pk)
    return found
