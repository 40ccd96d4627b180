"""What a rail says about a payment it was asked to take: paid, failed or held. Bank transfers are in transfers.py."""

from marketplace.outbox.services import enqueue
from payments.exceptions import Contradiction, Mismatch
from payments.ledger.postings import money_received
from payments.locks import lock_attempts
from payments.models import Payment
from payments.providers.base import Notice, Outcome, Reason
from payments.refunds import given_back_by_others, owe_back
from payments.services import confirm_payment, fail_payment, note_reason


def apply_outcome(provider: str, notice: Notice) -> tuple[Payment, bool]:
    """Let a rail's verified notice do its work; part of the caller's transaction.

    Returns the payment, and whether that was known before: a rail takes the money of one attempt, or fails to, once,
    however often and by whatever event it says so. Raises, with nothing changed, Mismatch when reference,
    amount or currency are not those we asked for, and Contradiction when it says otherwise than it did before.
    """
    found: Payment | None = Payment.objects.filter(provider=provider, reference=notice.reference).first()
    if found is None:
        raise Mismatch(f"no payment has the reference {notice.reference!r}")
    payment = _locked(found)
    _refuse_contradiction(payment, notice)
    if notice.outcome is Outcome.REFUNDING:
        return payment, True
    if notice.outcome is Outcome.PAID:
        return payment, not _take(payment, notice)
    if notice.outcome is Outcome.FAILED:
        had_failed = payment.state == Payment.State.FAILED
        fail_payment(payment, reason=notice.reason)
        return payment, had_failed
    if notice.outcome is Outcome.PENDING:
        note_reason(payment, notice.reason)
    return payment, False


def _locked(payment: Payment) -> Payment:
    _order, attempts = lock_attempts(payment.order_id)
    return next(one for one in attempts if one.pk == payment.pk)


def _refuse_contradiction(payment: Payment, notice: Notice) -> None:
    """A success that is taken back may be a chargeback, money said to have been given back may not be there."""
    if notice.outcome is Outcome.FAILED and payment.received:
        raise Contradiction(
            f"{payment.reference} was paid and is now said to have failed", payment=payment.pk
        )
    if notice.outcome is Outcome.REFUNDING and not payment.received:
        raise Contradiction(
            f"{payment.reference} was never said to be paid and is now said to be given back",
            payment=payment.pk,
        )
    if others := given_back_by_others(payment, notice):
        raise Contradiction(
            f"{others} of {payment.reference} were given back, and no refund of ours asked for it",
            payment=payment.pk,
        )
    if notice.outcome is Outcome.PAID and payment.failure == Reason.REVERSED:
        raise Contradiction(
            f"{payment.reference} was given back and is now said to be paid", payment=payment.pk
        )


def _take(payment: Payment, notice: Notice) -> bool:
    """False: the same money was taken before."""
    _compare(payment, notice)
    if payment.received:
        return False
    payment.provider_reference = notice.provider_reference or payment.provider_reference
    payment.save(update_fields=["provider_reference"])
    money_received(
        payment,
        rail=payment.provider,
        amount=notice.amount,
        key=f"{payment.provider}:{payment.reference}",
        occurred_at=notice.occurred_at,
    )
    was = payment.state
    landing = confirm_payment(payment, amount=notice.amount)
    if was not in Payment.OPEN:
        enqueue("report_paid_late", {"payment": payment.pk, "was": was}, key=f"paid_late:{payment.pk}")
    if landing.surplus:
        owe_back(
            payment=payment,
            amount=landing.surplus,
            reason=str(landing.outcome.label),
            key=f"{payment.provider}:{payment.reference}",
        )
    return True


def _compare(payment: Payment, notice: Notice) -> None:
    asked, said = (payment.amount, payment.currency), (notice.amount, notice.currency)
    if asked != said:
        raise Mismatch(
            f"{payment.reference} asked for {asked}, the notification says {said}", payment=payment.pk
        )
    if payment.received and notice.provider_reference not in ("", payment.provider_reference):
        raise Contradiction(
            f"{payment.reference} was paid as {payment.provider_reference} and is now said to be paid as "
            f"{notice.provider_reference}",
            payment=payment.pk,
        )
