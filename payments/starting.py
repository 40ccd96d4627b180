"""Begin an attempt at its rail: after the transaction that opened it, once, and without waiting for ever."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from marketplace.order.models import Order
from payments.breaker import ask_rail, is_resting
from payments.charges import charge_for
from payments.locks import lock_attempts
from payments.models import Payment
from payments.providers import registry
from payments.providers.base import Charge, DeclinedPayment, NotSent, ProviderError, Reason, Start
from payments.services import fail_payment, instructions_of

log = structlog.get_logger(__name__)

GIVEN_UP_AFTER = timedelta(seconds=30)
"""A start that has not come back by then died with its process: a rail answers or times out within 8 s."""


def start_waiting(order: Order, *, client_ip: str) -> None:
    """Start what nobody has started yet; afterwards the attempt is pending or failed, unless another window is
    just starting it. An answer that got lost is not asked for again: the next attempt has a new reference.
    """
    now = timezone.now()
    waiting = Payment.objects.filter(order=order, state=Payment.State.CREATED).select_related("order")
    for payment in waiting.filter(Q(started_at=None) | Q(started_at__lt=now - GIVEN_UP_AFTER)):
        if payment.started_at:
            fail_payment(payment, reason=Reason.UNREACHABLE)
        elif Payment.objects.filter(pk=payment.pk, started_at=None).update(started_at=now):
            _start(payment, client_ip)


def _start(payment: Payment, client_ip: str) -> None:
    charge = charge_for(payment, client_ip=client_ip)
    try:
        start = _begin(payment.provider, charge)
    except DeclinedPayment as declined:
        log.warning("payment_declined", reference=payment.reference, error=str(declined))
        fail_payment(payment, reason=Reason.REFUSED)
    except ProviderError as error:
        log.warning("payment_not_started", reference=payment.reference, error=str(error))
        fail_payment(payment, reason=Reason.UNREACHABLE)
    else:
        _started(payment, start)


def _begin(code: str, charge: Charge) -> Start:
    """Where nobody is asked, that is neither a success of the rail's nor the one question after its rest."""
    rail = registry.provider(code)
    if rail.asks_to_start:
        return ask_rail(code, lambda rail: rail.start(charge))
    if is_resting(code):
        raise NotSent(f"{code} is left alone for a while")
    return rail.start(charge)


@transaction.atomic
def _started(payment: Payment, start: Start) -> None:
    """Unless the buyer has chosen another way meanwhile, or the rail's notification was faster."""
    _order, attempts = lock_attempts(payment.order_id)
    attempt = next(one for one in attempts if one.pk == payment.pk)
    attempt.instructions = instructions_of(start)
    attempt.provider_reference = attempt.provider_reference or start.provider_reference
    attempt.save(update_fields=["instructions", "provider_reference"])
    if attempt.state == Payment.State.CREATED:
        attempt.move(Payment.State.PENDING)
