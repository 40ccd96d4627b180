"""What each rail says of the refunds that it has made: a bank may send one back to it days later.

Nothing of ours is changed. A person who has seen at the rail that it is so notes it as come back (bank_refunds.py).
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.breaker import ask_rail
from payments.charges import refund_order
from payments.locks import lock_attempts
from payments.models import Refund
from payments.providers.base import ProviderError, RefundOutcome, RefundResult, UnknownRefund
from payments.reconciliation.items import close, keep_open
from payments.reconciliation.models import Finding, Item, Run

log = structlog.get_logger(__name__)

ASKED_FOR = timedelta(days=30)
"""After which a refund no longer fails, or so Stripe says (docs.stripe.com/refunds, "Failed refunds")."""
EVERY = timedelta(days=1)
A_RUN = 200
"""Questions of one run at most, which leaves most of its time to payments; those asked longest ago come first."""
_FINDINGS = {RefundOutcome.DONE: Finding.MATCH, RefundOutcome.FAILED: Finding.STATUS_DIFFERS}
"""That it is on its way says nothing: VNPAY shows no more than the latest transaction of a payment."""


def refunds_to_ask(rail: str, now: datetime) -> list[int]:
    """Made by the rail, each asked about once a day."""
    turn = Q(asked_at=None) | Q(asked_at__lte=now - EVERY)
    rows = Refund.objects.made_by_rail().filter(turn, payment__provider=rail, done_at__gte=now - ASKED_FOR)
    return list(rows.order_by(F("asked_at").asc(nulls_first=True), "pk").values_list("pk", flat=True)[:A_RUN])


def check_refund(run: Run, pk: int) -> None:
    """Never inside a transaction. Whatever comes of it, the others have their turn before it is asked about again."""
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
        return
    if finding is not None:
        with transaction.atomic():
            _note(run, refund, finding, said)


def _note(run: Run, refund: Refund, finding: Finding, said: RefundResult) -> None:
    """Compare with the refund as it is now: a person may note it as come back, under the same lock."""
    lock_attempts(refund.payment.order_id)
    if not Refund.objects.made_by_rail().filter(pk=refund.pk).exists():
        return
    setattr(run, finding.value, getattr(run, finding.value) + 1)
    if finding is Finding.MATCH:
        close(Item.objects.filter(refund=refund), words=_("Both sides say the same by now."))
    elif keep_open(_difference(run, refund, finding), **_facts(run, refund, said)):
        run.difference += refund.amount


def _difference(run: Run, refund: Refund, finding: Finding) -> dict[str, object]:
    return {"source": run.rail, "reference": f"{refund.payment.reference}/{refund.pk}", "finding": finding}


def _facts(run: Run, refund: Refund, said: RefundResult) -> dict[str, object]:
    """Money that left is negative, as on a statement."""
    return {
        "run": run,
        "payment": refund.payment,
        "refund": refund,
        "our_amount": -refund.amount,
        "our_state": str(refund.get_state_display()),
        "their_amount": 0,
        "their_state": said.outcome.value,
        "raw": {"said": said.message, "reference": refund.provider_reference},
    }
