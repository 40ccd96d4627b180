"""What each rail says of the refunds that it has made: a bank may send one back to it days later.

Nothing of ours is changed. A person who has seen at the rail that it is so notes it as come back (bank_refunds.py).
"""

import time
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from payments.breaker import ask_rail, is_resting
from payments.charges import refund_order
from payments.locks import lock_attempts
from payments.models import Refund
from payments.providers.base import ProviderError, RefundOutcome, RefundResult, UnknownRefund
from payments.reconciliation.items import both_agree, keep_open
from payments.reconciliation.models import Finding, Item, Run

log = structlog.get_logger(__name__)

ASKED_FOR = timedelta(days=30)
"""After which a refund no longer fails, or so Stripe says (docs.stripe.com/refunds, "Failed refunds")."""
EVERY = timedelta(days=1)
A_RUN = 200
"""Questions of one run at most; those asked longest ago come first."""
PATIENCE = 3
"""Questions in a row without an answer that end it: a few more, and buyers would not be offered the rail."""
_FINDINGS = {RefundOutcome.DONE: Finding.MATCH, RefundOutcome.FAILED: Finding.STATUS_DIFFERS}
"""That it is on its way says nothing: VNPAY shows no more than the latest transaction of a payment."""


def ask_about_refunds(run: Run, now: datetime, *, until: float) -> None:
    """Each once a day, while time.monotonic() is below ``until``. Never inside a transaction."""
    silent = 0
    for pk in _of(run.rail, now):
        if time.monotonic() > until or is_resting(run.rail) or silent == PATIENCE:
            return
        silent = 0 if _check(run, pk) else silent + 1


def _of(rail: str, now: datetime) -> list[int]:
    """Those made by the rail, and those noted as come back to it which nobody has sent otherwise yet."""
    made = Refund.objects.made_by_rail().filter(done_at__gte=now - ASKED_FOR)
    turn = Q(asked_at=None) | Q(asked_at__lte=now - EVERY)
    rows = (made | Refund.objects.come_back_to_rail()).filter(turn, payment__provider=rail)
    return list(rows.order_by(F("asked_at").asc(nulls_first=True), "pk").values_list("pk", flat=True)[:A_RUN])


def _check(run: Run, pk: int) -> bool:
    """Whether it answered. Whatever comes of it, the others have their turn before it is asked about again."""
    refund = Refund.objects.select_related("payment__order").get(pk=pk)
    order = refund_order(refund)
    Refund.objects.filter(pk=pk).update(asked_at=timezone.now())
    try:
        said = ask_rail(run.rail, lambda rail: rail.fetch_refund(order))
        finding = _FINDINGS.get(said.outcome)
    except UnknownRefund as error:
        said, finding = RefundResult(outcome=RefundOutcome.FAILED, message=str(error)), Finding.MISSING_THERE
    except ProviderError as error:
        log.warning("refund_not_asked_about", refund=pk, error=str(error))
        run.unanswered += 1
        return False
    if finding is not None:
        with transaction.atomic():
            _note(run, refund, finding, said)
    return True


def _note(run: Run, refund: Refund, finding: Finding, said: RefundResult) -> None:
    """Compare with the refund as it is now: a person may note it as come back, under the same lock."""
    lock_attempts(refund.payment.order_id)
    refund.refresh_from_db()
    if Refund.objects.come_back_to_rail().filter(pk=refund.pk).exists():
        finding = Finding.STATUS_DIFFERS if finding is Finding.MATCH else Finding.MATCH
    elif not Refund.objects.made_by_rail().filter(pk=refund.pk).exists():
        return
    setattr(run, finding.value, getattr(run, finding.value) + 1)
    if finding is Finding.MATCH:
        both_agree(Item.objects.filter(refund=refund))
    elif keep_open(_difference(run, refund, finding), **_facts(run, refund, said)):
        run.difference += refund.amount


def _difference(run: Run, refund: Refund, finding: Finding) -> dict[str, object]:
    return {"source": run.rail, "reference": f"{refund.payment.reference}/{refund.pk}", "finding": finding}


def _facts(run: Run, refund: Refund, said: RefundResult) -> dict[str, object]:
    """Money that left is negative, as on a statement."""
    is_made = refund.state == Refund.State.DONE
    return {
        "run": run,
        "payment": refund.payment,
        "refund": refund,
        "our_amount": -refund.amount if is_made else 0,
        "our_state": str(refund.get_state_display()),
        "their_amount": -refund.amount if said.outcome is RefundOutcome.DONE else 0,
        "their_state": said.outcome.value,
        "raw": {"said": said.message, "reference": refund.provider_reference},
    }
