"""Send refunds on the rail the money came by, never twice: what is not known is asked, not repeated."""

import time
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from marketplace.outbox.services import enqueue
from payments.breaker import ask_rail
from payments.charges import refund_order
from payments.locks import lock_attempts
from payments.models import Refund
from payments.providers.base import NotSent, ProviderError, RefundOutcome, RefundResult, UnknownRefund
from payments.refunds import is_of_another, settle_refund, tell_money_desk

log = structlog.get_logger(__name__)

LOOK_AFTER = timedelta(minutes=2)
"""Longer than a rail takes to answer: whoever was sending it before has an answer or is gone."""
A_RUN = 50
SECONDS = 200
"""After which a run ends: one more refund may take 24 (a rail that is asked thrice), Celery's soft limit is 240."""
State = Refund.State


def send_refund(payload: dict[str, Any]) -> None:
    """The outbox job of a new refund. ``payload`` is {"refund": pk}.

    Where the rail gives money back it is asked once the job's own transaction is over; look_after() makes up
    for a crash in between. Elsewhere a person is told.
    """
    refund = Refund.objects.select_related("payment").get(pk=payload["refund"])
    if refund.state != State.CREATED:
        return
    if refund.payment.goes_back_by_rail:
        transaction.on_commit(partial(_send, refund.pk), robust=True)
    else:
        _to_a_person(refund)


def look_after(now: datetime) -> int:
    """Send what was never sent, ask about what is on its way; returns how many refunds were looked at.

    Of what its rail has had for too long a person is told, once.
    """
    tried_at = Coalesce("asked_at", "started_at", "created_at")
    rows = Refund.objects.by_rail().filter(state__in=(State.CREATED, State.IN_TRANSIT))
    turn = rows.alias(tried_at=tried_at).filter(tried_at__lte=now - LOOK_AFTER).order_by("tried_at", "pk")
    looked_at, deadline = [], time.monotonic() + SECONDS
    for refund in turn.select_related("payment__order")[:A_RUN]:
        if time.monotonic() > deadline:
            break
        looked_at.append(refund.pk)
        _send(refund.pk) if refund.state == State.CREATED else _ask(refund, now)
    for refund in Refund.objects.late(now).filter(pk__in=looked_at):
        _to_a_person(refund)
    return len(looked_at)


def _send(pk: int) -> None:
    """Whoever turns the row to "on its way" asks the rail; nobody else ever asks for the same refund again.

    Unless the rail cannot have heard of it: then its turn comes again. What it refused, a person sends.
    """
    if not Refund.objects.move(pk, State.IN_TRANSIT, started_at=timezone.now()):
        return
    refund = Refund.objects.select_related("payment__order").get(pk=pk)
    order = refund_order(refund)
    try:
        result = ask_rail(refund.payment.provider, lambda rail: rail.refund(order))
    except NotSent as error:
        log.warning("refund_not_sent", refund=pk, error=str(error))
        Refund.objects.filter(state=State.IN_TRANSIT).move(pk, State.CREATED)
    except ProviderError as error:
        log.warning("refund_refused" if error.permanent else "refund_unknown", refund=pk, error=str(error))
        if error.permanent:
            _note(refund, _failed(str(error)))
    else:
        _note(refund, result)


def _ask(refund: Refund, now: datetime) -> None:
    """A rail that knows nothing of it is believed only after a while: our question may have come late."""
    Refund.objects.filter(pk=refund.pk).update(asked_at=timezone.now())
    order = refund_order(refund)
    try:
        result = ask_rail(refund.payment.provider, lambda rail: rail.fetch_refund(order))
    except UnknownRefund as error:
        log.warning("refund_not_known", refund=refund.pk, error=str(error))
        if Refund.objects.late(now).filter(pk=refund.pk).exists():
            _note(refund, _failed(" · ".join(filter(None, (str(error), refund.message)))))
    except ProviderError as error:
        log.warning("refund_not_asked_about", refund=refund.pk, error=str(error))
    else:
        _note(refund, result)


def _failed(message: str) -> RefundResult:
    return RefundResult(outcome=RefundOutcome.FAILED, message=message)


@transaction.atomic
def _note(refund: Refund, result: RefundResult) -> None:
    lock_attempts(refund.payment.order_id)  # two refunds of one payment take turns at a number
    number = result.provider_reference or refund.provider_reference  # one that was told once is kept
    known = {"provider_reference": number, "message": result.message[:200]}
    if is_of_another(refund, result.provider_reference):
        _note_doubt(refund, result)
    elif result.outcome is RefundOutcome.DONE:
        if not settle_refund(refund, provider_reference=number):
            log.error("refund_was_settled_before", refund=refund.pk, number=result.provider_reference)
    elif result.outcome is RefundOutcome.IN_TRANSIT:
        Refund.objects.filter(pk=refund.pk, state=State.IN_TRANSIT).update(**known)
    elif Refund.objects.filter(state=State.IN_TRANSIT).move(refund.pk, State.FAILED, **known):
        _to_a_person(refund)
        enqueue("refund_failed", {"refund": refund.pk}, key=f"refund_failed:{refund.pk}")


def _note_doubt(refund: Refund, result: RefundResult) -> None:
    """What the rail said is true of another refund of the payment; it says nothing of this one."""
    log.warning("refund_of_another", refund=refund.pk, number=result.provider_reference)
    words = f"{result.provider_reference} is another refund of {refund.payment.reference}: {result.message}"
    Refund.objects.filter(pk=refund.pk, state=State.IN_TRANSIT).update(message=words[:200])


@transaction.atomic
def _to_a_person(refund: Refund) -> None:
    tell_money_desk(refund, amount=refund.amount, about=refund.payment.reference, why=refund.reason)
