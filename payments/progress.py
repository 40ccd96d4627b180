"""How far the paying of an order has come, as its page tells it."""

import enum
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from marketplace.order.models import Order
from payments.dues import due
from payments.models import Payment, Refund
from payments.parcel_refunds import wanting_an_account
from payments.providers import registry
from payments.providers.base import PaymentProvider, Reason
from payments.providers.vietqr.banks import bank_name
from payments.ways import Offer, is_switched_off, offer

_WORTH_TRYING_AGAIN = (Reason.CANCELLED, Reason.EXPIRED)
"""What stopped the payment was the buyer, or the clock."""


class Step(enum.StrEnum):
    """Each is a template ``payments/steps/<step>.html``."""

    TRANSFER = "transfer"
    """Waiting for the whole sum, or for the rest of it."""
    STARTING = "starting"
    """Another window is just asking the rail for its page."""
    REDIRECT = "redirect"
    """To be paid at the rail's own page."""
    PAUSED = "paused"
    """A person has switched the rail off meanwhile."""
    HELD = "held"
    """Paid at the rail, which is still looking whether it believes it."""
    LOOKING = "looking"
    """The time of the attempt is over and nobody has ended it yet; the money may be on its way."""
    CASH = "cash"
    PAID = "paid"
    AGAIN = "again"
    """This attempt ended, the order did not: choose again."""
    ENDED = "ended"


@dataclass(frozen=True)
class Progress:
    """``payment`` is the attempt that says most: the confirmed one, else the open one, else the newest."""

    order: Order
    payment: Payment

    @cached_property
    def step(self) -> Step:
        if self.order.status in Order.ENDED:
            return Step.ENDED
        if self.payment.state == Payment.State.CONFIRMED:
            return Step.PAID
        if self.payment.failure == Reason.HELD:
            return Step.HELD
        if not self.payment.is_open:
            return Step.AGAIN
        if self.provider.waits_for_delivery:
            return Step.CASH
        if self.payment.is_overdue(self.now):
            return Step.LOOKING
        return self._step_at_the_rail()

    def _step_at_the_rail(self) -> Step:
        if self.payment.state == Payment.State.CREATED:
            return Step.STARTING
        if not self.payment.received and is_switched_off(self.payment.provider):
            return Step.PAUSED
        return Step.REDIRECT if "redirect_url" in self.payment.instructions else Step.TRANSFER

    @cached_property
    def is_instead_of_cash(self) -> bool:
        """The order is, or was, to be paid at the door."""
        return registry.provider(self.order.payment_method).waits_for_delivery

    @property
    def template(self) -> str:
        return f"payments/steps/{self.step}.html"

    @property
    def fingerprint(self) -> str:
        """Changes whenever the page would say something else."""
        of = self.payment
        return f"{self.step}-{of.pk}-{of.received}-{of.amount}-{of.failure}"

    @property
    def is_waiting(self) -> bool:
        """Something may still happen without the buyer touching the page."""
        return self.step not in (Step.PAID, Step.CASH)

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @cached_property
    def provider(self) -> PaymentProvider:
        return registry.provider(self.payment.provider)

    @cached_property
    def offer(self) -> Offer:
        return offer(due(self.order))

    @property
    def reason(self) -> Reason:
        """Why the attempt ended: the rail says so, or our clock."""
        ran_out = self.payment.state == Payment.State.EXPIRED
        return Reason(self.payment.failure or (Reason.EXPIRED if ran_out else Reason.NONE))

    @property
    def is_looked_for(self) -> bool:
        """Our clock ended the attempt: the rail is still asked, and may say that it was paid."""
        return self.payment.state == Payment.State.EXPIRED and not self.payment.failure

    @cached_property
    def next_way(self) -> PaymentProvider | None:
        """What the page puts first after an attempt that ended: the same way again, unless it would end the same.

        None, too, where a part has come: the rest is sent the same way.
        """
        has_part = self.payment.is_open and self.payment.received
        if has_part or self.step not in (Step.AGAIN, Step.LOOKING, Step.PAUSED):
            return None
        again = self.step == Step.LOOKING or self.reason in _WORTH_TRYING_AGAIN
        fit = [way for way in self.offer.ways if (way.code == self.payment.provider) is again]
        return next(iter(fit or self.offer.ways), None)

    @property
    def may_begin_anew(self) -> bool:
        """At the same rail: it is neither switched off nor resting."""
        return self.payment.provider in self.offer.codes

    @property
    def is_by_code(self) -> bool:
        """Paid by transfer, at no page of a rail."""
        return self.provider.starts_at_once

    @property
    def other_ways(self) -> list[PaymentProvider]:
        """What can be chosen instead; after an attempt that ended, the same way again too."""
        first = self.next_way.code if self.next_way else ""
        same = self.payment.provider if self.payment.is_open else ""
        return [way for way in self.offer.ways if way.code not in (first, same)]

    @property
    def seconds_left(self) -> int:
        """0 when no clock runs for what the page shows."""
        if self.step not in (Step.TRANSFER, Step.REDIRECT) or self.payment.expires_at is None:
            return 0
        return max(int((self.payment.expires_at - self.now).total_seconds()), 0)

    @property
    def clock(self) -> str:
        """Minutes and seconds left, as on a kitchen timer."""
        minutes, seconds = divmod(self.seconds_left, 60)
        return f"{minutes}:{seconds:02d}"

    @property
    def seconds_given(self) -> int:
        """From opening the attempt to its end: the length of the time bar."""
        if self.payment.expires_at is None:
            return 0
        return int((self.payment.expires_at - self.payment.created_at).total_seconds())

    @property
    def bank(self) -> str:
        return bank_name(settings.BANK_BIN)

    @property
    def account(self) -> str:
        return str(settings.BANK_ACCOUNT)

    @property
    def account_name(self) -> str:
        return str(settings.BANK_ACCOUNT_NAME)

    @property
    def amount_paid(self) -> int:
        """What was asked for, or less where a parcel did not come and brought no cash."""
        return min(self.payment.amount, self.payment.received)

    @property
    def due_at_the_door(self) -> int:
        """đồng for what still comes, which may be less than was ordered."""
        return due(self.order)

    @property
    def wants_account(self) -> bool:
        """Something can only go back by bank transfer, and the buyer has not said to which account."""
        return wanting_an_account(self.order.pk).exists()

    @cached_property
    def to_give_back(self) -> int:
        """đồng of this order that the buyer still has to get back."""
        waiting = Refund.objects.owed().filter(payment__order=self.order)
        return waiting.aggregate(total=Sum("amount"))["total"] or 0

    @cached_property
    def given_back(self) -> int:
        """đồng of this order that have gone back."""
        done = Refund.objects.filter(payment__order=self.order, state=Refund.State.DONE)
        return done.aggregate(total=Sum("amount"))["total"] or 0

    @property
    def simulator_url(self) -> str:
        """The pretended bank with this transfer filled in; empty where there is none."""
        if not (settings.DEMO and settings.BANK_SIMULATOR_PORT):
            return ""
        back = settings.SITE_URL + reverse("payments:pay", args=[self.order.number])
        query = urlencode({"payload": self.payment.instructions.get("qr_payload", ""), "return": back})
        return f"http://{urlsplit(settings.SITE_URL).hostname}:{settings.BANK_SIMULATOR_PORT}/?{query}"
