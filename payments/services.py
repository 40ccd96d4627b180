"""Use cases of a payment: open it, take money for it, let it end. Each owns its transaction; amounts are đồng."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.order import holding
from marketplace.order import services as orders
from marketplace.order.models import Order
from marketplace.order.placement import HOLD_FOR_PAYMENT
from payments.dues import count_collected, due, owed
from payments.exceptions import PaymentError
from payments.giving_up import give_up
from payments.held import tell_of_refusal, wait_for_decision
from payments.ledger.postings import order_paid
from payments.locks import lock_attempts
from payments.models import Payment, Transfer
from payments.providers import registry
from payments.providers.base import Charge, DeclinedPayment, PaymentProvider, Reason, Start
from payments.providers.vietqr.memo import make_code
from payments.refunds import kept, owe_back, owe_parts_back, withdraw

log = structlog.get_logger(__name__)

TIME_TO_PAY = timedelta(minutes=15)
"""For a code, at a wallet's or card's own page, and wherever the order itself does not wait: for cash at the door."""
LEAST_TIME = timedelta(minutes=10)
"""Opening a wallet, finding a card, typing a transfer anew: nobody should have to hurry more than that."""

TIME_TO_CHOOSE = HOLD_FOR_PAYMENT - TIME_TO_PAY
"""How to pay after all, once the time of a code, or at a wallet's or card's page, is over."""


@dataclass(frozen=True)
class Landing:
    """Where money ended; ``surplus`` đồng of it belong to the buyer again, ``resolution`` says why none do."""

    outcome: Transfer.Outcome
    surplus: int = 0
    resolution: str = ""


def open_payment(*, order: Order, provider: str) -> Payment:
    """Begin an attempt to pay all that is due of the order; part of the caller's transaction.

    Where all was paid at the door already it is for money that came all the same, and goes back.

    A rail that has to be asked is asked afterwards (starting.py); until then the attempt is only created. Raises
    UnknownCode, or DeclinedPayment when the amount is not for this provider.
    """
    rail, now = registry.provider(provider), timezone.now()
    amount = due(order) or owed(order)
    payment = Payment(
        order=order, provider=provider, amount=amount, reference=_free_reference(), created_at=now
    )
    if not rail.is_available(amount=payment.amount):
        raise DeclinedPayment(f"{payment.amount} đồng cannot be paid by {provider}")
    payment.expires_at = _time_to_pay(order, rail, now)
    if rail.starts_at_once:
        start = rail.start(Charge(reference=payment.reference, amount=payment.amount, opened_at=now))
        payment.state, payment.instructions = Payment.State.PENDING, instructions_of(start)
    payment.save()
    return payment


def _time_to_pay(order: Order, rail: PaymentProvider, now: datetime, *, has_part: bool = False) -> datetime:
    """When the attempt ends; the goods are held a little longer, as far as they may be.

    Whoever lets a code, or a wallet's or card's page, run out has not lost them. Who has sent a part can choose no
    other way, so there the attempt goes on for as long as the goods are held.
    """
    if rail.waits_for_delivery and order.expires_at is not None:
        return order.expires_at
    if order.status != Order.Status.PENDING_PAYMENT or order.expires_at is None:
        return now + TIME_TO_PAY
    to_choose = timedelta() if has_part else TIME_TO_CHOOSE
    ends = max(order.expires_at - to_choose, now + LEAST_TIME)
    if not has_part:
        ends = min(ends, now + TIME_TO_PAY)
    held = ends + to_choose
    if order.expires_at < held:
        orders.hold_until(order, held)
    ends = min(ends, order.expires_at)
    return ends if ends > now else now + TIME_TO_PAY


def instructions_of(start: Start) -> dict[str, str]:
    """What the buyer's page shows, as it is stored."""
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
    _count_cash(order, attempts)
    if any(one.state == Payment.State.CONFIRMED for one in attempts):
        return Landing(Transfer.Outcome.DUPLICATE, amount)
    ended = order.status in Order.ENDED
    if kept(attempt) < (attempt.amount if ended else _due(order, attempt)):
        return _take_part(order, attempt, attempts, amount)
    if ended and not (order.status == Order.Status.EXPIRED and orders.reopen(order)):
        return Landing(Transfer.Outcome.LATE, amount)
    return _confirm(order, attempt, attempts, amount=amount, late=ended)


def follow_dues(order: Order, attempts: list[Payment]) -> None:
    """Less is due than before: take in what came at the door, ask by transfer for the new sum, or be paid by now.

    Of an order that was cancelled nothing is: its pages are closed at once.

    The caller holds the order's row. Doing it twice changes nothing.
    """
    _count_cash(order, attempts)
    if order.status == Order.Status.CANCELLED:
        _close(attempts, Transfer.Outcome.LATE)
    if order.status in Order.ENDED or any(one.state == Payment.State.CONFIRMED for one in attempts):
        return
    for attempt in attempts:
        rail = registry.provider(attempt.provider)
        if not attempt.is_open or not rail.starts_at_once or rail.waits_for_delivery:
            continue  # the page of a wallet or card keeps its sum: what is too much of it goes back
        if attempt.received and kept(attempt) >= due(order):
            _confirm(order, attempt, attempts)
        else:
            _ask_for_the_rest(order, attempt)


def _count_cash(order: Order, attempts: list[Payment]) -> None:
    """The attempt at the door is confirmed when every parcel has brought its part.

    The order's paid_at stays empty: it says that money came beforehand, so that nobody collects any more. Of cash
    each parcel says by itself whether it is still to be collected.
    """
    at_the_door = count_collected(order, attempts)
    if at_the_door and at_the_door.received and not due(order):
        at_the_door.move(Payment.State.CONFIRMED)
        _close(attempts, Transfer.Outcome.DUPLICATE)


def _due(order: Order, attempt: Payment) -> int:
    """What was asked for, less parcels that were cancelled, or paid at the door, while the buyer went to pay."""
    return min(attempt.amount, due(order))


def _take_part(order: Order, attempt: Payment, attempts: list[Payment], amount: int) -> Landing:
    """Less than owed: the attempt stays open and asks for the rest, unless it has ended.

    One that has just run out goes on, where it can.
    """
    if _goes_on(order, attempt, attempts):
        attempt.move(Payment.State.PENDING)
    if order.status in Order.ENDED or not attempt.is_open:
        return Landing(Transfer.Outcome.LATE, amount)
    _ask_for_the_rest(order, attempt)
    rail = registry.provider(attempt.provider)
    attempt.expires_at = _time_to_pay(order, rail, timezone.now(), has_part=True)
    attempt.save(update_fields=["expires_at"])
    return Landing(Transfer.Outcome.PARTIAL)


def _goes_on(order: Order, attempt: Payment, attempts: list[Payment]) -> bool:
    """Its time is over, its goods are still held, and neither buyer nor money has gone another way."""
    is_over = attempt.state == Payment.State.EXPIRED and order.status == Order.Status.PENDING_PAYMENT
    has_begun_anew = any(one.is_open or one.failure == Reason.HELD for one in attempts)
    return is_over and not has_begun_anew and not attempt.refunds.standing().exists()


def _ask_for_the_rest(order: Order, attempt: Payment) -> None:
    """By a new code to scan; by account and memo alone where the rest is less than a code may ask for."""
    rail, attempt.amount = registry.provider(attempt.provider), _due(order, attempt)
    rest = Charge(reference=attempt.reference, amount=attempt.missing, opened_at=attempt.created_at)
    start = rail.start(rest) if rail.is_available(amount=rest.amount) else Start()
    attempt.instructions = instructions_of(start)
    attempt.save(update_fields=["amount", "instructions"])


def _confirm(
    order: Order, attempt: Payment, attempts: list[Payment], *, amount: int = 0, late: bool = False
) -> Landing:
    """``amount`` đồng have just come; where more than that is too much, earlier parts of it go back too."""
    withdraw(attempt)
    surplus = kept(attempt) - _due(order, attempt)
    attempt.move(Payment.State.CONFIRMED)
    _close(attempts, Transfer.Outcome.DUPLICATE)
    orders.mark_paid(order, amount=kept(attempt) - max(surplus, 0))
    order_paid(order, attempt)
    if surplus > amount:
        why, key = str(Transfer.Outcome.OVER.label), f"parts:{attempt.reference}"
        owe_back(payment=attempt, amount=surplus - amount, reason=why, key=key)
    if surplus and amount:
        return Landing(Transfer.Outcome.OVER, min(surplus, amount))
    if late:
        return Landing(Transfer.Outcome.LATE, resolution=_("The goods were still there: the order goes on."))
    return Landing(Transfer.Outcome.EXACT)


def _close(attempts: list[Payment], came: Transfer.Outcome) -> None:
    """Another attempt has paid the order, or nobody is to pay it any more: what ``came`` in part was not needed."""
    for one in attempts:
        if one.is_open:
            give_up(one, Payment.State.CANCELLED)
            owe_parts_back(one, outcome=came)


@transaction.atomic
def fail_payment(payment: Payment, *, reason: Reason = Reason.REFUSED) -> bool:
    """The provider says no. Only an attempt still waiting can fail: a late failure never undoes a success.

    Of one that has ended the reason is kept, and that money went back is never forgotten.
    """
    _order, attempts = lock_attempts(payment.order_id)
    attempt = next(one for one in attempts if one.pk == payment.pk)
    if attempt.state == Payment.State.CONFIRMED:
        return False
    if attempt.failure == Reason.HELD:
        tell_of_refusal(attempt)
    if attempt.failure != Reason.REVERSED:
        attempt.failure = reason
    if not attempt.is_open:
        attempt.save(update_fields=["failure"])
        return False
    attempt.move(Payment.State.FAILED)
    return True


def note_reason(payment: Payment, reason: Reason) -> None:
    """The provider says "not yet", and why; else what it said before holds. The caller holds the order's row.

    That it holds money counts for an attempt that has ended with us too: the buyer was at its page nevertheless.
    """
    waits = payment.is_open or (reason == Reason.HELD and payment.state in Payment.GIVEN_UP)
    if not reason or not waits or payment.failure == reason:
        return
    payment.failure = reason
    if reason == Reason.HELD:
        wait_for_decision(payment)
    payment.save(update_fields=["failure", "expires_at"])


def expire_unpaid(now: datetime) -> int:
    """End every unpaid order whose time is over, whatever became of its attempts, and every attempt of which that is.

    Running it twice, or on two machines at once, changes nothing more. Returns of how many orders something ended.
    """
    overdue = Payment.objects.overdue(now).values_list("order_id", flat=True)
    ended = 0
    for order_id in sorted({*overdue, *holding.held_past(now)}):
        try:
            ended += _end_overdue(order_id, now)
        except (PaymentError, DatabaseError):
            log.exception("order_not_expired", order=order_id)  # the others must not wait for it
    return ended


@transaction.atomic
def _end_overdue(order_id: int, now: datetime) -> bool:
    order, attempts = lock_attempts(order_id)
    is_over = order.status not in Order.ENDED and order.expires_at is not None and order.expires_at <= now
    ended = is_over and orders.expire(order)
    if ended:
        follow_dues(order, attempts)
    overdue = [
        one for one in attempts if one.is_open and (order.status in Order.ENDED or one.is_overdue(now))
    ]
    for one in overdue:
        if order.status not in Order.ENDED and registry.provider(one.provider).waits_for_delivery:
            one.expires_at = None
            one.save(update_fields=["expires_at"])
        else:
            give_up(one, Payment.State.EXPIRED)
            owe_parts_back(one)
    return ended or bool(overdue)
