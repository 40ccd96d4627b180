"""Attempts that the market no longer waits for: their page at the rail is closed, where the rail lets us."""

from functools import partial
from typing import Any

import structlog
from django.db import transaction

from marketplace.outbox.services import enqueue
from payments.breaker import ask_rail
from payments.charges import charge_for
from payments.models import Payment
from payments.providers import registry
from payments.providers.base import ProviderError

log = structlog.get_logger(__name__)


def give_up(payment: Payment, to: Payment.State) -> None:
    """Cancelled or expired. Money that comes for it all the same counts, or goes back; the caller holds the lock."""
    payment.move(to)
    if registry.provider(payment.provider).supports_cancel:
        enqueue("close_page", {"payment": payment.pk}, key=f"close_page:{payment.pk}")


def close_page(payload: dict[str, Any]) -> None:
    """The outbox job after that: the rail is asked once its transaction is over. ``payload`` is {"payment": pk}."""
    transaction.on_commit(partial(_close, payload["payment"]), robust=True)


def _close(pk: int) -> None:
    """Once: a page that stays open ends by its own time, and what is paid there counts, or goes back."""
    payment = Payment.objects.select_related("order").get(pk=pk)
    if payment.state not in Payment.GIVEN_UP:
        return
    charge = charge_for(payment)
    try:
        ask_rail(payment.provider, lambda rail: rail.cancel(charge))
    except ProviderError as error:
        log.warning("page_not_closed", reference=payment.reference, error=str(error))
