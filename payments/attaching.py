"""A person found out which order an unknown transfer is for."""

from django.db import transaction
from django.utils import timezone

from marketplace.order.models import Order
from payments.exceptions import NotUnclaimed
from payments.ledger.posting import reverse
from payments.ledger.postings import money_received
from payments.locks import lock_attempts, lock_transfer
from payments.models import Payment, Transfer
from payments.refunds import owe_transfer_back
from payments.services import Landing, confirm_payment, open_payment
from payments.transfers import BANK_RAIL, received_as


@transaction.atomic
def attach_transfer(transfer: Transfer, order: Order) -> Transfer:
    """Let the money do for ``order`` what it would have done with the right code in its memo.

    It pays the order, or a part of it; what is too much, twice or too late is owed back. Returns the transfer as
    it is now. Raises NotUnclaimed, or DeclinedPayment when the order's sum cannot be paid by bank transfer.
    """
    order, attempts = lock_attempts(order.pk)
    transfer = lock_transfer(transfer.pk)
    if not transfer.is_unclaimed:
        raise NotUnclaimed(str(transfer))
    payment = _attempt(attempts) or open_payment(order=order, provider=BANK_RAIL)
    _book_again(transfer, payment)
    return _note(transfer, payment, confirm_payment(payment, amount=transfer.amount))


def _attempt(attempts: list[Payment]) -> Payment | None:
    """The attempt by bank transfer that still waits, else the newest one."""
    by_bank = [one for one in attempts if one.provider == BANK_RAIL]
    waiting = [one for one in by_bank if one.is_open]
    return next(iter(waiting or by_bank[::-1]), None)


def _book_again(transfer: Transfer, payment: Payment) -> None:
    """The credit of nobody becomes the buyer's of this order."""
    first = received_as(transfer)
    reverse(first, key=f"attached:{transfer.pk}", memo=f"{payment.reference}", occurred_at=first.occurred_at)
    money_received(
        payment,
        rail=BANK_RAIL,
        amount=transfer.amount,
        key=f"attached:{transfer.pk}",
        occurred_at=transfer.occurred_at,
    )


def _note(transfer: Transfer, payment: Payment, landing: Landing) -> Transfer:
    transfer.payment, transfer.outcome, transfer.surplus = payment, landing.outcome, landing.surplus
    if landing.resolution:
        transfer.resolution, transfer.resolved_at = landing.resolution, timezone.now()
    transfer.save(update_fields=["payment", "outcome", "surplus", "resolution", "resolved_at"])
    if landing.surplus:
        owe_transfer_back(transfer)
    return transfer
