"""The locks of notifications, orders and transfers, and the one order in which a transaction takes any about money:

1. a correction (desk.locks); then the turn of whoever settles rows of statements, then a statement, then its item
   (reconciliation.locks);
2. a notification;
3. arrivals, then the bank's number of the one that is counted;
4. the order (marketplace.order.locks), then its payments by pk;
5. a transfer;
6. stock records by pk (farmers.partner.stock);
7. the rules that look at the year's sum, all that the order needs by pk (tax.locks), then seller by seller the
   account of a debt (ledger.locks).

A payout holds none of 1 to 6: sellers by pk, then the batch (payouts.locks), then 7's accounts. A statement that is
applied goes through its rows by line, so many at once, and keeps what each of them takes until the last; it is alone
in that, by its turn, and everybody else holds one order at a time.

All attempts to pay one order take their turn at the order's row, so two of them never both count. The locks
leave the key alone: rows that merely point here may be written meanwhile.
"""

from django.db import connection

from marketplace.order.locks import lock_order
from marketplace.order.models import Order
from payments.models import Notification, Payment, Transfer

_ARRIVALS = 0x42505452
"""The number of the advisory lock (another one: reconciliation.locks)."""


def lock_arrivals(*, alone: bool = False) -> None:
    """Until the transaction ends, whoever counts money on our account sees what all others counted.

    Notices hold it together, which keeps none of them waiting. A person who takes in what the bank's statement says
    holds it ``alone``: a notice of the same money comes wholly before, or wholly after.
    """
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [_ARRIVALS])


def lock_number(bank_reference: str) -> None:
    """Until the transaction ends, notices that call a movement by the same number of the bank's take turns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_ARRIVALS, bank_reference])


def lock_notification(pk: int) -> Notification:
    """Raises Notification.DoesNotExist."""
    return Notification.objects.select_for_update(no_key=True).get(pk=pk)


def lock_attempts(order_id: int) -> tuple[Order, list[Payment]]:
    """The order as it is now, and every attempt to pay it, oldest first."""
    order = Order.objects.get(pk=order_id)
    lock_order(order)
    attempts = list(Payment.objects.select_for_update(no_key=True).filter(order=order).order_by("pk"))
    for attempt in attempts:
        attempt.order = order
    return order, attempts


def lock_transfer(pk: int) -> Transfer:
    """Raises Transfer.DoesNotExist."""
    found: Transfer = Transfer.objects.select_for_update(no_key=True).get(pk=pk)
    return found
