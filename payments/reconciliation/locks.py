"""The locks of this module, in this order: the turn, statement, item. All others come after them (payments.locks).

A statement keeps what each of its rows takes until the last, in the order of its rows, and a row chooses its transfer
before it locks it. So whoever settles rows, a whole statement or one difference, does it alone: two statements never
wait for each other's orders and transfers, no movement is shown twice, and a transfer that a row has chosen is still
its own once it is locked.
"""

from django.db import connection

from payments.reconciliation.models import Item, Statement

_TURN = 0x42505453
"""The number of the advisory lock (another one: payments.locks)."""


def take_turn() -> None:
    """Until the transaction ends; notices of money wait for nobody here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])


def lock_statement(pk: int) -> Statement:
    """Raises Statement.DoesNotExist."""
    take_turn()
    found: Statement = Statement.objects.select_for_update(no_key=True).get(pk=pk)
    return found


def lock_item(pk: int) -> Item:
    """Raises Item.DoesNotExist."""
    take_turn()
    rows = Item.objects.select_for_update(no_key=True, of=("self",))
    found: Item = rows.select_related("row__statement", "payment__order").get(pk=pk)
    return found
