"""Every hour: what each rail says of the payments of yesterday and today, next to what we say.

Nothing of ours is changed but for one case, which is the cure for lost notifications: money that the rail says was
paid, and that we had not heard of, is taken in as its notification would have been.
"""

import time
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.breaker import ask_rail, is_resting
from payments.charges import charge_for
from payments.exceptions import Mismatch
from payments.managers import NEVER_ASKED
from payments.models import Payment
from payments.outcomes import apply_outcome
from payments.providers.base import Notice, Outcome, ProviderError
from payments.providers.vietnam import VIETNAM
from payments.reconciliation.items import both_agree, keep_open
from payments.reconciliation.models import Check, Finding, Item, Run
from payments.reconciliation.rail_refunds import ASKED_FOR, ask_about_refunds
from payments.refunds import given_back_by_others

log = structlog.get_logger(__name__)

A_RUN = 2_000
"""Questions of one run at most; those that were not asked come first in the next."""
_CAME_IN = (Outcome.PAID, Outcome.REFUNDING)
"""What is given back was paid before: it agrees with money that we have, and brings none that we have not."""
SECONDS = 140
"""After which a run asks about no more payments."""
SECONDS_IN_ALL = 200
"""After which it ends, before Celery's own limit."""


def to_be_asked(now: datetime) -> list[str]:
    """Codes of the rails with a query API that are on, or were when they took money of which they may say more."""
    lately = Payment.objects.filter(confirmed_at__gte=now - ASKED_FOR) | Payment.objects.filter(
        refunds__done_at__gte=now - ASKED_FOR
    )
    used = {*settings.PAYMENT_RAILS, *lately.order_by().values_list("provider", flat=True).distinct()}
    return [rail for rail in settings.PAYMENT_PROVIDERS if rail in used and rail not in NEVER_ASKED]


def reconcile(rail: str, now: datetime) -> Run:
    """Ask ``rail`` about its payments since yesterday began in Vietnam, and about the refunds that it made.

    Also about those with money of which it has not said anything yet. Never inside a transaction.
    """
    midnight = now.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    run: Run = Run.objects.create(rail=rail, begins=midnight - timedelta(days=1), ends=now)
    began = time.monotonic()
    _ask_about_payments(run, until=began + SECONDS)
    ask_about_refunds(run, now, until=began + SECONDS_IN_ALL)
    run.finished_at = timezone.now()
    run.save()
    if run.difference:
        log.error("rail_differs", rail=rail, run=run.pk, difference=run.difference)
    return run


def _ask_about_payments(run: Run, *, until: float) -> None:
    payments = _of(run)
    for at, pk in enumerate(payments):
        if time.monotonic() > until or is_resting(run.rail):
            run.unanswered += len(payments) - at
            return
        _check(run, pk)


def _of(run: Run) -> list[int]:
    when = Q(created_at__range=(run.begins, run.ends)) | Q(confirmed_at__range=(run.begins, run.ends))
    silent = Q(check_at_rail=None) | Q(check_at_rail__finding="")
    when |= silent & Q(received__gt=0)
    rows: QuerySet[Payment] = Payment.objects.filter(when, provider=run.rail)
    asked = rows.exclude(state=Payment.State.CREATED).order_by(
        F("check_at_rail__asked_at").asc(nulls_first=True), "pk"
    )
    return list(asked.values_list("pk", flat=True)[:A_RUN])


def _check(run: Run, pk: int) -> None:
    """Whatever comes of it, the others have their turn before it is asked about again."""
    payment = Payment.objects.select_related("order").get(pk=pk)
    charge = charge_for(payment)
    Check.objects.update_or_create(payment=payment, defaults={"run": run, "asked_at": timezone.now()})
    try:
        notice = ask_rail(run.rail, lambda rail: rail.fetch(charge))
    except ProviderError as error:
        log.warning("rail_not_asked", reference=payment.reference, error=str(error))
        run.unanswered += 1
        return
    with transaction.atomic():
        _note(run, pk, notice)


def _note(run: Run, pk: int, notice: Notice | None) -> None:
    """Compare with the payment as it is now: a notification may have come while the rail was asked."""
    payment = Payment.objects.select_related("order").get(pk=pk)
    theirs = _left_there(payment, notice) if notice and notice.outcome in _CAME_IN else 0
    finding, cured = _compare(payment, theirs, notice)
    setattr(run, finding.value, getattr(run, finding.value) + 1)
    run.cured += cured
    run.their_total += theirs
    run.our_total += theirs if cured else payment.received
    Check.objects.filter(payment=payment).update(finding=finding, their_amount=theirs)
    if finding is Finding.MATCH:
        _close(payment)
    elif _keep(run, payment, finding, notice, theirs, cured):
        run.difference += abs(theirs - payment.received)


def _left_there(payment: Payment, notice: Notice) -> int:
    """What came in, without what somebody gave back there whom we did not ask to, đồng."""
    return notice.amount - given_back_by_others(payment, notice)


def _compare(payment: Payment, theirs: int, notice: Notice | None) -> tuple[Finding, bool]:
    """What differs, and whether the money was taken in."""
    if theirs == payment.received:
        return Finding.MATCH, False
    if not theirs:
        known = notice is not None and notice.outcome is not Outcome.IGNORED
        return (Finding.STATUS_DIFFERS if known else Finding.MISSING_THERE), False
    if payment.received or notice is None:
        return Finding.AMOUNT_DIFFERS, False
    try:
        with transaction.atomic():
            _payment, counted_before = apply_outcome(payment.provider, notice)
    except Mismatch as error:
        log.error("rail_answer_mismatch", reference=payment.reference, error=str(error))
        return Finding.AMOUNT_DIFFERS, False
    return (Finding.MATCH, False) if counted_before else (Finding.MISSING_HERE, True)


def _keep(
    run: Run, payment: Payment, finding: Finding, notice: Notice | None, theirs: int, cured: bool
) -> bool:
    """Whether it is left for a person; what was taken in, or what one has explained before, is not."""
    facts = {
        "run": run,
        "payment": payment,
        "our_amount": payment.received,
        "our_state": str(payment.get_state_display()),
        "their_amount": theirs,
        "their_state": notice.outcome.value if notice else "",
        "raw": _said(notice),
    }
    same: dict[str, Any] = {"source": run.rail, "reference": payment.reference, "finding": finding}
    if cured:
        words = _("The rail says it was paid: the money was taken in.")
        done = {"state": Item.State.RESOLVED, "resolution": words, "resolved_at": timezone.now()}
        Item.objects.create(**same, **facts, **done)
        return False
    return keep_open(same, **facts)


def _close(payment: Payment) -> None:
    """What a notification said, and no run, is still a person's to look into."""
    both_agree(Item.objects.filter(payment=payment, refund=None, row=None, run__isnull=False))


def _said(notice: Notice | None) -> dict[str, object]:
    if notice is None:
        return {}
    return {
        "event": notice.event_id,
        "outcome": notice.outcome.value,
        "reason": notice.reason.value,
        "amount": notice.amount,
        "given_back": notice.given_back,
        "reference": notice.provider_reference,
        "at": notice.occurred_at.isoformat(),
    }
