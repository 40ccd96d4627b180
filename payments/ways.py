"""The ways to pay that a buyer is offered, and changing from one to another."""

from dataclasses import dataclass
from typing import cast

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from marketplace.order import services as orders
from marketplace.order.models import Order
from payments.breaker import is_resting
from payments.dues import due
from payments.exceptions import CannotSwitch
from payments.giving_up import give_up
from payments.locks import lock_attempts
from payments.models import Payment, RailSwitch
from payments.providers import registry
from payments.providers.base import PaymentProvider, Reason
from payments.services import open_payment

SWITCHES_KEY = "rails-off"
SWITCH_SECONDS = 5


@dataclass(frozen=True)
class Offer:
    """``ways`` in the order to offer them, each with code, label and help. ``out_of_order`` would do for the sum
    but are switched off or do not answer just now: left out, with a word."""

    ways: list[PaymentProvider]
    out_of_order: list[PaymentProvider]

    @property
    def codes(self) -> set[str]:
        return {way.code for way in self.ways}


def offer(order_total: int) -> Offer:
    """What a buyer who owes ``order_total`` đồng is offered now."""
    off = _switched_off()
    fit = [way for way in registry.providers() if way.is_available(amount=order_total)]
    left_out = [way for way in fit if way.code in off or is_resting(way.code)]
    return Offer([way for way in fit if way not in left_out], left_out)


def is_switched_off(code: str) -> bool:
    """By a person: what was begun there is not to be paid any more either."""
    return code in _switched_off()


def _switched_off() -> list[str]:
    """Kept for a moment: every checkout asks, and a switch may take that long to reach all processes."""
    try:
        return cast(list[str], cache.get_or_set(SWITCHES_KEY, _read_switches, SWITCH_SECONDS))
    except RedisError:
        return _read_switches()


def _read_switches() -> list[str]:
    return list(RailSwitch.objects.filter(is_off=True).values_list("provider", flat=True))


@transaction.atomic
def switch_provider(*, order: Order, provider: str, instead_of: str = "") -> Payment:
    """The buyer chooses another way, or the same again once its time is over; returns the attempt now open.

    ``instead_of`` is the reference of an open attempt that leads nowhere: some rails open their page only once.
    Money that comes for it all the same counts. Raises CannotSwitch with the reason in the buyer's words.
    """
    order, attempts = lock_attempts(order.pk)
    now, waiting = timezone.now(), [one for one in attempts if one.is_open]
    going_on = [
        one
        for one in waiting
        if (registry.provider(one.provider).waits_for_delivery or not one.is_overdue(now))
        and (one.reference != instead_of or "redirect_url" not in one.instructions)
    ]
    chosen = next((one for one in going_on if one.provider == provider), None)
    others = [one for one in waiting if one is not chosen]
    if others or chosen is None:
        _check_switch(order, attempts, others, provider)
    for other in others:
        # Cash at the door stays possible while the buyer tries to pay beforehand.
        if not registry.provider(other.provider).waits_for_delivery:
            give_up(other, Payment.State.EXPIRED if other.is_overdue(now) else Payment.State.CANCELLED)
    if chosen is not None:
        return chosen
    if registry.provider(provider).waits_for_delivery:
        orders.deliver_unpaid(order, payment_method=provider)
    return open_payment(order=order, provider=provider)


def _check_switch(order: Order, attempts: list[Payment], others: list[Payment], provider: str) -> None:
    if any(one.state == Payment.State.CONFIRMED for one in attempts):
        raise CannotSwitch(_("This order is paid already."))
    if order.status in Order.ENDED:
        raise CannotSwitch(_("This order has ended. Please order again."))
    if any(other.received for other in others if not registry.provider(other.provider).waits_for_delivery):
        raise CannotSwitch(_("Part of the money has arrived. Please transfer the rest the same way."))
    if held := next((one for one in attempts if one.failure == Reason.HELD), None):
        rail = registry.provider(held.provider).label
        raise CannotSwitch(
            _("%(rail)s is still checking your payment. Please do not pay a second time.") % {"rail": rail}
        )
    if provider not in offer(due(order)).codes:
        raise CannotSwitch(_("This order cannot be paid that way. Please choose another."))
