"""Money that its rail holds on suspicion of fraud: the goods wait longer, and the buyer hears how it ends."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from marketplace.order import services as orders
from marketplace.order.notices import write_to_buyer
from marketplace.order.numbers import spaced
from marketplace.outbox.services import enqueue
from payments.models import Payment
from payments.providers import registry


def wait_for_decision(payment: Payment) -> None:
    """Neither the attempt nor its goods run out while the rail looks; the caller holds the order's row and saves."""
    wait = timedelta(hours=settings.HELD_PAYMENT_HOURS)
    orders.hold_until(payment.order, timezone.now() + wait, longest=wait)
    enqueue("held_too_long", {"payment": payment.pk}, key=f"held_too_long:{payment.pk}", delay=wait)
    payment.expires_at = max(payment.expires_at or timezone.now(), payment.order.expires_at or timezone.now())


def tell_of_refusal(payment: Payment) -> None:
    """The rail has decided against it, perhaps a day later: the buyer no longer looks at the page."""
    facts = {
        "number": spaced(payment.order.number),
        "rail": str(registry.provider(payment.provider).label),
    }
    write_to_buyer("payment_refused", payment.order, facts, once=payment.pk)
