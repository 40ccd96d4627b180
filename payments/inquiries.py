"""Ask rails what became of a payment: notifications get lost, and return pages prove nothing.

The table of payments is the list of what to ask: attempts at rails that can be asked, opened some minutes ago and
not settled, at growing intervals until a day has passed; a month where the rail holds the money.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.order.models import Order
from marketplace.outbox.services import enqueue
from payments.breaker import ask_rail
from payments.charges import charge_for
from payments.exceptions import Mismatch
from payments.models import Payment
from payments.outcomes import apply_outcome
from payments.providers.base import Outcome, ProviderError, Reason
from payments.refunds import tell_money_desk

log = structlog.get_logger(__name__)

FIRST_AFTER = timedelta(minutes=3)
LAST_AFTER = timedelta(hours=24)
HELD_FOR = timedelta(days=30)
HELD_EVERY = timedelta(hours=6)
A_RUN = 25
"""Questions of one run: at 8 s each in the worst case it ends after 200 s, before Celery's soft limit of 240."""


@transaction.atomic
def ask_when_returned(order: Order) -> None:
    """The buyer came back from the rail: ask it what happened, once a minute; some come back and go again."""
    minute = f"{timezone.now():%Y%m%d%H%M}"
    for payment in Payment.objects.askable().filter(order=order, state=Payment.State.PENDING):
        enqueue("ask_provider", {"payment": payment.pk}, key=f"returned:{payment.pk}:{minute}")


def ask_provider(payload: dict[str, Any]) -> None:
    """The outbox job when a buyer comes back from a rail. ``payload`` is {"payment": pk}.

    The rail is asked once the job's own transaction is over; ask_again() makes up for a crash in between.
    """
    transaction.on_commit(partial(_ask, payload["payment"]), robust=True)


@transaction.atomic
def held_too_long(payload: dict[str, Any]) -> None:
    """The outbox job a day after a rail began to hold a payment, by when its goods are free: a person calls there.

    ``payload`` is {"payment": pk}.
    """
    payment = Payment.objects.get(pk=payload["payment"])
    if payment.failure == Reason.HELD and not payment.received:
        why = _("held by its way of paying for more than a day")
        tell_money_desk(payment, amount=payment.amount, about=payment.reference, why=why)


def ask_again(now: datetime) -> int:
    """Ask about every attempt whose turn it is; returns how many were asked."""
    due = Payment.objects.to_ask(
        now, opened_before=now - FIRST_AFTER, opened_after=now - LAST_AFTER, held_after=now - HELD_FOR
    )
    asked = list(due.order_by("ask_at", "pk").values_list("pk", flat=True)[:A_RUN])
    for pk in asked:
        _ask(pk)
    return len(asked)


def _ask(pk: int) -> None:
    payment = Payment.objects.select_related("order").get(pk=pk)
    if not Payment.objects.askable().filter(pk=pk).exists():
        return
    _set_next_turn(payment)
    charge = charge_for(payment)
    try:
        notice = ask_rail(payment.provider, lambda rail: rail.fetch(charge))
    except ProviderError as error:
        log.warning("rail_not_asked", reference=payment.reference, error=str(error))
        return
    if notice is None or notice.outcome is Outcome.IGNORED:
        return
    try:
        with transaction.atomic():
            apply_outcome(payment.provider, notice)
    except Mismatch as error:
        log.error("rail_answer_mismatch", reference=payment.reference, error=str(error))


def _set_next_turn(payment: Payment) -> None:
    """Twice as long as it has waited so far: 3, 6, 12 … minutes after the attempt was opened; HELD_EVERY at most."""
    now = timezone.now()
    wait = max(now - payment.created_at, FIRST_AFTER)
    Payment.objects.filter(pk=payment.pk).update(ask_at=now + min(wait, HELD_EVERY))
