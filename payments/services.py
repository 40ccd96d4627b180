"""Use cases of a payment: open it, take money for it, let it end. Each owns its transaction; amounts are đồng."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.order import services as orders
from marketplace.order.models import Order, SellerOrder
from payments.exceptions import CannotSwitch, PaymentError
from payments.ledger.postings import order_paid
from payments.locks import lock_attempts
from payments.managers import ENDED
from payments.models import Payment, Transfer
from payments.providers import registry
from payments.providers.base import Charge, PaymentProvider, Start
from payments.providers.vietqr.memo import make_code
from payments.refunds import kept, owe_parts_back, withdraw

log = structlog.get_logger(__name__)

TIME_TO_PAY = timedelta(minutes=15)
"""For an attempt opened when the order itself no longer waits (it is to be paid at the door)."""


@dataclass(frozen=True)
class Landing:
    """Where money ended; ``surplus`` đồng of it belong to the buyer again, ``resolution`` says why none do."""

    outcome: Transfer.Outcome
    surplus: int = 0
    resolution: str = ""


def available_providers(order_total: int) -> list[PaymentProvider]:
    """Ways to pay ``order_total`` đồng, in the order to offer them; each has code, label and help."""
    return [way for way in registry.providers() if way.is_available(amount=order_total)]


def owed(order: Order) -> int:
    """đồng for the parcels that are still to be, or were, delivered."""
    over = (SellerOrder.Status.CANCELLED, SellerOrder.Status.EXPIRED)
    return order.seller_orders.exclude(status__in=over).aggregate(total=Sum("total"))["total"] or 0


def open_payment(*, order: Order, provider: str) -> Payment:
    """Begin an attempt to pay the whole order; part of the caller's transaction.

    Raises UnknownCode, DeclinedPayment (the amount is not for this provider) or ProviderError.
    """
    reference, amount, now = _free_reference(), owed(order), timezone.now()
    start = registry.provider(provider).start(Charge(reference=reference, amount=amount, opened_at=now))
    still_held = order.expires_at is not None and order.expires_at > now
    return Payment.objects.create(
        order=order,
        provider=provider,
        state=Payment.State.PENDING,
        amount=amount,
        reference=reference,
        provider_reference=start.provider_reference,
        instructions=_instructions(start),
        created_at=now,
        expires_at=order.expires_at if still_held else now + TIME_TO_PAY,
    )


def _instructions(start: Start) -> dict[str, str]:
    found = {"qr_payload": start.qr_payload, "redirect_url": start.redirect_url}
    return {name: value for name, value in found.items() if value}


def _free_reference() -> str:
    """The database refuses a second payment of the same code; asking first keeps that from ending a checkout."""
    while Payment.objects.filter(reference=(code := make_code())).exists():
        log.warning("payment_reference_taken", reference=code)
    return code


@transaction.atomic
def confirm_payment(payment: Payment, *, amount: int) -> Landing:
    """``amount`` đồng have come in for this attempt: decide under the order's lock what they do.

    Exactly one attempt of an order is ever confirmed, and nothing undoes that. What is too much, twice, or too
    late for an order that cannot be taken up again is noted in the landing's surplus.
    """
    order, attempts = lock_attempts(payment.order_id)
    attempt = next(one for one in attempts if one.pk == payment.pk)
    attempt.received += amount
    attempt.save(update_fields=["received"])
    if any(one.state == Payment.State.CONFIRMED for one in attempts):
        return Landing(Transfer.Outcome.DUPLICATE, amount)
    ended = order.status in ENDED
    if kept(attempt) < (attempt.amount if ended else _due(order, attempt)):
        return _take_part(order, attempt, amount)
    if ended and not (order.status == Order.Status.EXPIRED and orders.reopen(order)):
        return Landing(Transfer.Outcome.LATE, amount)
    return _confirm(order, attempt, attempts, late=ended)


def _due(order: Order, attempt: Payment) -> int:
    """What was asked for, less parcels that were cancelled while the buyer went to pay."""
    return min(attempt.amount, owed(order))


def _take_part(order: Order, attempt: Payment, amount: int) -> Landing:
    """Less than owed: the attempt stays open and asks for the rest, unless it has ended."""
    if order.status in ENDED or not attempt.is_open:
        return Landing(Transfer.Outcome.LATE, amount)
    rest = Charge(reference=attempt.reference, amount=attempt.missing, opened_at=attempt.created_at)
    attempt.instructions = _instructions(registry.provider(attempt.provider).start(rest))
    attempt.save(update_fields=["instructions"])
    return Landing(Transfer.Outcome.PARTIAL)


def _confirm(order: Order, attempt: Payment, attempts: list[Payment], *, late: bool) -> Landing:
    withdraw(attempt)
    surplus = kept(attempt) - _due(order, attempt)
    attempt.move(Payment.State.CONFIRMED)
    for other in attempts:
        if other.is_open:
            other.move(Payment.State.CANCELLED)
    orders.mark_paid(order)
    order_paid(order, attempt)
    if surplus:
        return Landing(Transfer.Outcome.OVER, surplus)
    if late:
        return Landing(Transfer.Outcome.LATE, resolution=_("The goods were still there: the order goes on."))
    return Landing(Transfer.Outcome.EXACT)


@transaction.atomic
def fail_payment(payment: Payment) -> bool:
    """The provider says no. Only an attempt still waiting can fail: a late failure never undoes a success."""
    _order, attempts = lock_attempts(payment.order_id)
    attempt = next(one for one in attempts if one.pk == payment.pk)
    if not attempt.is_open:
        return False
    attempt.move(Payment.State.FAILED)
    return True


@transaction.atomic
def switch_provider(*, order: Order, provider: str) -> Payment:
    """The buyer chooses another way, or the same again after it ran out; returns the attempt now open.

    Raises CannotSwitch with the reason in the buyer's words.
    """
    order, attempts = lock_attempts(order.pk)
    waiting = [one for one in attempts if one.is_open]
    chosen = next((one for one in waiting if one.provider == provider), None)
    others = [one for one in waiting if one is not chosen]
    if others or chosen is None:
        _check_switch(order, attempts, others, provider)
    for other in others:
        # Cash at the door stays possible while the buyer tries to pay beforehand.
        if not registry.provider(other.provider).waits_for_delivery:
            other.move(Payment.State.CANCELLED)
    if chosen is not None:
        return chosen
    if registry.provider(provider).waits_for_delivery:
        orders.deliver_unpaid(order, payment_method=provider)
    return open_payment(order=order, provider=provider)


def _check_switch(order: Order, attempts: list[Payment], others: list[Payment], provider: str) -> None:
    if any(one.state == Payment.State.CONFIRMED for one in attempts):
        raise CannotSwitch(_("This order is paid already."))
    if order.status in ENDED:
        raise CannotSwitch(_("This order has ended. Please order again."))
    if any(other.received for other in others):
        raise CannotSwitch(_("Part of the money has arrived. Please transfer the rest the same way."))
    if provider not in {way.code for way in available_providers(owed(order))}:
        raise CannotSwitch(_("This order cannot be paid that way. Please choose another."))


def expire_unpaid(now: datetime) -> int:
    """End every attempt whose time, or whose order, is over, and the order where nothing else keeps that alive.

    Running it twice, or on two machines at once, changes nothing more. Returns how many attempts ended.
    """
    overdue = Payment.objects.overdue(now).order_by("order_id").values_list("order_id", flat=True).distinct()
    ended = 0
    for order_id in overdue:
        try:
            ended += _expire_attempts(order_id, now)
        except (PaymentError, DatabaseError):
            log.exception("order_not_expired", order=order_id)  # the others must not wait for it
    return ended


@transaction.atomic
def _expire_attempts(order_id: int, now: datetime) -> int:
    order, attempts = lock_attempts(order_id)
    waiting = [one for one in attempts if one.is_open]
    overdue = [one for one in waiting if order.status in ENDED or one.is_overdue(now)]
    if overdue and len(overdue) == len(waiting) and order.status not in ENDED:
        orders.expire(order)
    for one in overdue:
        if order.status not in ENDED and registry.provider(one.provider).waits_for_delivery:
            one.expires_at = None
            one.save(update_fields=["expires_at"])
        else:
            one.move(Payment.State.EXPIRED)
            owe_parts_back(one)
    return len(overdue)
