"""Send refunds on the rail the money came by, never twice: what is not known is asked, not repeated."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from marketplace.outbox.services import enqueue
from payments.breaker import ask_rail
from payments.charges import refund_order
from payments.models import Refund
from payments.providers import registry
from payments.providers.base import ProviderError, RefundOutcome, RefundResult
from payments.refunds import settle_refund, tell_money_desk

log = structlog.get_logger(__name__)

LOOK_AFTER = timedelta(minutes=2)
"""Longer than a rail takes to answer: whoever was sending it before has an answer or is gone."""
A_RUN = 50
State = Refund.State


def send_refund(payload: dict[str, Any]) -> None:
    """The outbox job of a new refund. ``payload`` is {"refund": pk}.

    Where the rail gives money back it is asked once the job's own transaction is over; look_after() makes up
    for a crash in between. Elsewhere a person is told.
    """
    refund = Refund.objects.select_related("payment").get(pk=payload["refund"])
    if refund.state != State.CREATED:
        return
    if registry.provider(refund.payment.provider).supports_refund:
        transaction.on_commit(partial(_send, refund.pk), robust=True)
    else:
        _to_a_person(refund)


def look_after(now: datetime) -> int:
    """Send what was never sent, ask about what is on its way; returns how many refunds were looked at."""
    left = Q(state=State.CREATED, created_at__lte=now - LOOK_AFTER)
    on_its_way = Q(state=State.IN_TRANSIT, started_at__lte=now - LOOK_AFTER)
    refunds = Refund.objects.filter(left | on_its_way).select_related("payment").order_by("started_at", "pk")
    looked_at = [one for one in refunds[:A_RUN] if registry.provider(one.payment.provider).supports_refund]
    for refund in looked_at:
        _send(refund.pk) if refund.state == State.CREATED else _ask(refund)
    return len(looked_at)


def _send(pk: int) -> None:
    """Whoever turns the row to "on its way" asks the rail; nobody else ever asks for the same refund again."""
    if not Refund.objects.move(pk, State.IN_TRANSIT, started_at=timezone.now()):
        return
    refund = Refund.objects.select_related("payment__order").get(pk=pk)
    order = refund_order(refund)
    try:
        result = ask_rail(refund.payment.provider, lambda rail: rail.refund(order))
    except ProviderError as error:
        log.warning("refund_unknown", refund=pk, error=str(error))  # it may have been made: look_after() asks
        return
    _note(refund, result)


def _ask(refund: Refund) -> None:
    Refund.objects.filter(pk=refund.pk).update(started_at=timezone.now())
    order = refund_order(refund)
    try:
        result = ask_rail(refund.payment.provider, lambda rail: rail.fetch_refund(order))
    except ProviderError as error:
        log.warning("refund_not_found", refund=refund.pk, error=str(error))
        if error.permanent:
            _note(refund, RefundResult(outcome=RefundOutcome.FAILED, message=str(error)))
        return
    _note(refund, result)


@transaction.atomic
def _note(refund: Refund, result: RefundResult) -> None:
    if result.outcome is RefundOutcome.DONE:
        settle_refund(refund, provider_reference=result.provider_reference)
        return
    known = {"provider_reference": result.provider_reference, "message": result.message[:200]}
    if result.outcome is RefundOutcome.IN_TRANSIT:
        Refund.objects.filter(pk=refund.pk, state=State.IN_TRANSIT).update(**known)
    elif Refund.objects.move(refund.pk, State.FAILED, **known):
        _to_a_person(refund)
        enqueue("refund_failed", {"refund": refund.pk}, key=f"refund_failed:{refund.pk}")


def _to_a_person(refund: Refund) -> None:
    tell_money_desk(refund, amount=refund.amount, about=refund.payment.reference, why=refund.reason)
