"""What a rail says about a payment it was asked to take: paid or failed. Bank transfers are in transfers.py."""

from payments.exceptions import Mismatch
from payments.ledger.postings import money_received
from payments.models import Payment
from payments.providers.base import Notice, Outcome
from payments.refunds import owe_back
from payments.services import confirm_payment, fail_payment


def apply_outcome(provider: str, notice: Notice) -> Payment:
    """Let a rail's verified notice do its work; part of the caller's transaction.

    Raises Mismatch, with nothing changed, when reference, amount or currency are not those we asked for.
    """
    found: Payment | None = Payment.objects.filter(provider=provider, reference=notice.reference).first()
    if found is None:
        raise Mismatch(f"no payment has the reference {notice.reference!r}")
    if notice.outcome is Outcome.FAILED:
        fail_payment(found)
    if notice.outcome is Outcome.PAID:
        _take(found, notice)
    return found


def _take(payment: Payment, notice: Notice) -> None:
    if (notice.amount, notice.currency) != (payment.amount, payment.currency):
        asked, said = f"{payment.amount} {payment.currency}", f"{notice.amount} {notice.currency}"
        raise Mismatch(f"{payment.reference} asked for {asked}, the notification says {said}")
    event = f"{payment.provider}:{notice.event_id}"
    money_received(
        payment, rail=payment.provider, amount=notice.amount, key=event, occurred_at=notice.occurred_at
    )
    landing = confirm_payment(payment, amount=notice.amount)
    if landing.surplus:
        owe_back(
            payment=payment,
            amount=landing.surplus,
            reason=str(landing.outcome.label),
            key=event,
        )
