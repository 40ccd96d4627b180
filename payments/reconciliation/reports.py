"""Notifications that could not be used, or that take back what was said before, join the differences to settle.

Of money that came for an attempt which had ended there is a row, too, though nobody has anything to do.
"""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from payments.models import Notification, Payment
from payments.providers import registry
from payments.providers.base import Notice, Outcome, UnreadableNotification
from payments.reconciliation.models import Finding, Item


def report_notification(payload: dict[str, Any]) -> None:
    """The outbox job: an item for a person. ``payload`` is {"notification": pk}. Twice is once."""
    told = Notification.objects.select_related("payment").get(pk=payload["notification"])
    notice, payment = _read(told), told.payment
    facts = {
        "payment": payment,
        "our_amount": payment.received if payment else 0,
        "our_state": str(payment.get_state_display()) if payment else "",
        "their_amount": notice.amount if notice and notice.outcome is Outcome.PAID else 0,
        "their_state": notice.outcome.value if notice else "",
        "raw": {"said": told.error, "notification": told.pk},
    }
    Item.objects.update_or_create(
        source=told.provider,
        reference=payment.reference if payment else told.event_id[:120],
        finding=_finding(told, notice),
        state=Item.State.OPEN,
        row=None,
        run=None,
        defaults=facts,
    )


def report_paid_late(payload: dict[str, Any]) -> None:
    """The outbox job: ``payload`` is {"payment": pk, "was": the state in which the money found it}. Twice is once."""
    payment = Payment.objects.get(pk=payload["payment"])
    counts = payment.state == Payment.State.CONFIRMED
    Item.objects.get_or_create(
        source=payment.provider,
        reference=payment.reference,
        finding=Finding.STATUS_DIFFERS,
        raw={"was": payload["was"]},
        defaults={
            "payment": payment,
            "our_state": str(Payment.State(payload["was"]).label),
            "their_amount": payment.received,
            "their_state": Outcome.PAID.value,
            "state": Item.State.RESOLVED,
            "resolution": _("It was paid after all, and pays for the order.")
            if counts
            else _("It was paid too late, and goes back."),
            "resolved_at": timezone.now(),
        },
    )


def _read(told: Notification) -> Notice | None:
    try:
        return registry.reader(told.provider).read(bytes(told.body))
    except UnreadableNotification:
        return None


def _finding(told: Notification, notice: Notice | None) -> Finding:
    if told.verdict == Notification.Verdict.CONTRADICTS:
        return Finding.STATUS_DIFFERS
    if notice is None:
        return Finding.UNREADABLE
    return Finding.AMOUNT_DIFFERS if told.payment else Finding.MISSING_HERE
